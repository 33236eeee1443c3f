import { Body, Get, Patch, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { Answers, Refuses } from '../../platform/http/index.js';
import { PolicyChanges, PolicyView, ViolationPage, ViolationQuery } from './admin-policy.dto.js';
import { AdminPolicyService } from './admin-policy.service.js';
import { Administration } from './administration.decorator.js';

@Administration('policy')
export class AdminPolicyController {
  constructor(private readonly policy: AdminPolicyService) {}

  @Get()
  @Requires('admin:policy')
  @ApiOperation({ operationId: 'getPolicy', summary: 'Read what is demanded of keys and administrators' })
  @Answers(200, PolicyView, 'The policy')
  get(): Promise<z.infer<typeof PolicyView>> {
    return this.policy.get();
  }

  @Patch()
  @Requires('admin:policy')
  @ApiOperation({ operationId: 'updatePolicy', summary: 'Change the policy; it holds for what is made from then on' })
  @Answers(200, PolicyView, 'The policy as it is now')
  @Refuses('REQ_006')
  update(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: PolicyChanges }) body: z.infer<typeof PolicyChanges>,
  ): Promise<z.infer<typeof PolicyView>> {
    return this.policy.update(caller, body);
  }

  @Get('violations')
  @Requires('admin:policy')
  @ApiOperation({
    operationId: 'listPolicyViolations',
    summary: 'List live keys that the policy would not allow today',
  })
  @Answers(200, ViolationPage, 'A page of keys, each with what is wrong with it')
  violations(
    @Query({ schema: ViolationQuery }) query: z.infer<typeof ViolationQuery>,
  ): ReturnType<AdminPolicyService['violations']> {
    return this.policy.violations(query);
  }
}
