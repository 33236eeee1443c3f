import { Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, RequiresCredential } from '../../platform/access/index.js';
import { UnreadBody } from '../../platform/http/body/index.js';
import { OAuthError } from '../../platform/http/problem/index.js';
import { Answers } from '../../platform/http/index.js';
import { UsersService } from '../users/index.js';
import { KnownTokens } from './tokens/known-tokens.js';

/** Answer of `getUserInfo` (OpenID Connect Core §5.1). */
const UserInfoView = z
  .object({
    sub: z.string(),
    name: z.string().optional().meta({ description: 'For the scope profile.' }),
    email: z.string().optional().meta({ description: 'For the scope email.' }),
    email_verified: z.boolean().optional(),
  })
  .meta({ id: 'UserInfo' });

type UserInfo = z.infer<typeof UserInfoView>;

/** Who the user of a token is (OpenID Connect Core §5.3). */
@ApiTags('OAuth')
@Controller('oauth/userinfo')
export class UserinfoController {
  constructor(
    private readonly tokens: KnownTokens,
    private readonly users: UsersService,
  ) {}

  @Get()
  @RequiresCredential()
  @UnreadBody()
  @ApiOperation({ operationId: 'getUserInfo', summary: 'Who the user of an access token is' })
  @Answers(200, UserInfoView, 'What the scopes of the token let you know')
  get(@CurrentPrincipal() caller: Principal): Promise<UserInfo> {
    return this.read(caller);
  }

  @Post()
  @RequiresCredential()
  @UnreadBody()
  @ApiOperation({ operationId: 'postUserInfo', summary: 'The same by POST' })
  @Answers(200, UserInfoView, 'What the scopes of the token let you know')
  post(@CurrentPrincipal() caller: Principal): Promise<UserInfo> {
    return this.read(caller);
  }

  private async read(caller: Principal): Promise<UserInfo> {
    const token = this.tokens.of(caller);
    if (!token?.scopes.includes('openid')) {
      throw new OAuthError('insufficient_scope', 'This needs an access token with the scope openid.');
    }
    const { id, name, email, emailVerified } = await this.users.get(token.userId);
    return {
      sub: id,
      ...(token.scopes.includes('profile') && { name }),
      ...(token.scopes.includes('email') && { email, email_verified: emailVerified }),
    };
  }
}
