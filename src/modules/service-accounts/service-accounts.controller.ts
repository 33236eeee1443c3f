import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires, RequiresStepUp } from '../../platform/access/index.js';
import { OptionalBody } from '../../platform/http/body/index.js';
import { Idempotent } from '../../platform/idempotency/index.js';
import { Answers, AnswersNothing, Refuses } from '../../platform/http/index.js';
import type { Page } from '../../platform/http/paging/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import {
  CreatedServiceAccountView,
  MintedServiceAccountKeyView,
  NewServiceAccount,
  NewServiceAccountKey,
  ServiceAccountChanges,
  ServiceAccountDeletion,
  ServiceAccountPage,
  ServiceAccountQuery,
  ServiceAccountView,
} from './service-account.dto.js';
import { ServiceAccountKeysService } from './service-account-keys.service.js';
import { ServiceAccountsService } from './service-accounts.service.js';

@ApiTags('Service accounts')
@Controller('api/service-accounts')
export class ServiceAccountsController {
  constructor(
    private readonly accounts: ServiceAccountsService,
    private readonly keys: ServiceAccountKeysService,
  ) {}

  @Post()
  @Requires('write:service_accounts')
  @RequiresStepUp()
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'createServiceAccount', summary: 'Create a service account' })
  @Answers(201, CreatedServiceAccountView, 'The account; `private_key` is shown only here')
  @Refuses('REQ_006')
  create(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: NewServiceAccount }) body: z.infer<typeof NewServiceAccount>,
  ): Promise<z.infer<typeof CreatedServiceAccountView>> {
    return this.accounts.create(caller, body);
  }

  @Get()
  @Requires('read:service_accounts')
  @ApiOperation({ operationId: 'listServiceAccounts', summary: 'List your service accounts, newest first' })
  @Answers(200, ServiceAccountPage, 'A page of service accounts')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: ServiceAccountQuery }) query: z.infer<typeof ServiceAccountQuery>,
  ): Promise<Page<z.infer<typeof ServiceAccountView>>> {
    return this.accounts.list(caller, query);
  }

  @Get(':id')
  @Requires('read:service_accounts')
  @ApiOperation({ operationId: 'getServiceAccount', summary: 'Get a service account' })
  @Answers(200, ServiceAccountView, 'The service account')
  get(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
  ): Promise<z.infer<typeof ServiceAccountView>> {
    return this.accounts.get(caller, id);
  }

  @Patch(':id')
  @Requires('write:service_accounts')
  @Refuses('AUTH_006')
  @ApiOperation({ operationId: 'updateServiceAccount', summary: 'Change, disable or enable a service account' })
  @Answers(200, ServiceAccountView, 'The service account as it is now')
  update(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: ServiceAccountChanges }) body: z.infer<typeof ServiceAccountChanges>,
  ): Promise<z.infer<typeof ServiceAccountView>> {
    return this.accounts.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('write:service_accounts')
  @ApiOperation({ operationId: 'deleteServiceAccount', summary: 'Delete a service account' })
  @AnswersNothing('Deleted; also when it was deleted before')
  delete(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Query({ schema: ServiceAccountDeletion }) query: z.infer<typeof ServiceAccountDeletion>,
  ): Promise<void> {
    return this.accounts.delete(caller, id, query.cascade);
  }

  @Post(':id/keys')
  @OptionalBody()
  @Requires('write:service_accounts')
  @RequiresStepUp()
  @Idempotent({ hasSecret: true })
  @ApiOperation({ operationId: 'addServiceAccountKey', summary: 'Add a key pair to a service account' })
  @Answers(201, MintedServiceAccountKeyView, 'The key pair; `private_key` is shown only here')
  @Refuses('REQ_006')
  addKey(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Body({ schema: NewServiceAccountKey }) body: z.infer<typeof NewServiceAccountKey>,
  ): Promise<z.infer<typeof MintedServiceAccountKeyView>> {
    return this.keys.add(caller, id, body);
  }

  @Delete(':id/keys/:key_id')
  @Requires('write:service_accounts')
  @ApiOperation({ operationId: 'deleteServiceAccountKey', summary: 'End a key pair of a service account' })
  @AnswersNothing('Ended; also when it had ended before')
  revokeKey(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) id: string,
    @Param('key_id', { schema: ResourceId }) keyId: string,
  ): Promise<void> {
    return this.keys.revoke(caller, id, keyId);
  }
}
