import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, RequiresSession } from '../../platform/access/index.js';
import { Answers, AnswersNothing, Refuses } from '../../platform/http/index.js';
import { LoginLimited } from '../../platform/limits/index.js';
import { BeginEnrolment } from './begin-enrolment.js';
import { ConfirmEnrolment } from './confirm-enrolment.js';
import { MfaCode, MfaEnrolment, MfaEnrolmentView, MfaRemoval, MfaView, RecoveryCodesView } from './mfa.dto.js';
import { MfaService } from './mfa.service.js';
import { RecoveryCodes } from './recovery-codes.js';
import { StepUpStamper } from './step-up-stamper.js';

@ApiTags('Two-factor authentication')
@Controller('api/auth/mfa')
export class MfaController {
  constructor(
    private readonly mfa: MfaService,
    private readonly beginEnrolment: BeginEnrolment,
    private readonly confirmEnrolment: ConfirmEnrolment,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly stepUps: StepUpStamper,
  ) {}

  @Get()
  @RequiresSession()
  @ApiOperation({ operationId: 'getMfa', summary: 'Whether two-factor authentication is on' })
  @Answers(200, MfaView, 'The state')
  get(@CurrentPrincipal() caller: Principal): Promise<z.infer<typeof MfaView>> {
    return this.mfa.get(caller);
  }

  @Post('enable')
  @RequiresSession()
  @LoginLimited()
  @ApiOperation({ operationId: 'enableMfa', summary: 'Begin to set up an authenticator app' })
  @Answers(200, MfaEnrolmentView, 'The secret; it counts once `verifyMfa` has seen a code made from it')
  @Refuses('AUTH_001', 'AUTH_007', 'REQ_006')
  enable(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: MfaEnrolment }) { password }: z.infer<typeof MfaEnrolment>,
  ): Promise<z.infer<typeof MfaEnrolmentView>> {
    return this.beginEnrolment.run(caller, password);
  }

  @Post('verify')
  @RequiresSession()
  @LoginLimited()
  @ApiOperation({ operationId: 'verifyMfa', summary: 'Confirm the authenticator app with its first code' })
  @Answers(200, RecoveryCodesView, 'Two-factor authentication is on; the recovery codes are shown only here')
  @Refuses('AUTH_006', 'AUTH_007', 'REQ_006')
  verify(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: MfaCode }) { code }: z.infer<typeof MfaCode>,
  ): Promise<z.infer<typeof RecoveryCodesView>> {
    return this.confirmEnrolment.run(caller, code);
  }

  @Post('disable')
  @RequiresSession()
  @LoginLimited()
  @ApiOperation({ operationId: 'disableMfa', summary: 'Turn two-factor authentication off' })
  @AnswersNothing('Off; secret and recovery codes are gone')
  @Refuses('AUTH_001', 'AUTH_006', 'AUTH_007', 'REQ_006')
  disable(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: MfaRemoval }) body: z.infer<typeof MfaRemoval>,
  ): Promise<void> {
    return this.mfa.disable(caller, body);
  }

  @Post('recovery-codes')
  @RequiresSession()
  @LoginLimited()
  @ApiOperation({ operationId: 'renewRecoveryCodes', summary: 'Replace all recovery codes' })
  @Answers(200, RecoveryCodesView, 'The new codes; the earlier ones are void')
  @Refuses('AUTH_006', 'AUTH_007', 'REQ_006')
  renewRecoveryCodes(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: MfaCode }) { code }: z.infer<typeof MfaCode>,
  ): Promise<z.infer<typeof RecoveryCodesView>> {
    return this.recoveryCodes.renew(caller, code);
  }

  @Post('step-up')
  @RequiresSession()
  @LoginLimited()
  @ApiOperation({ operationId: 'stepUp', summary: 'Show the second factor again, for operations that demand it' })
  @AnswersNothing('This session counts as stepped up for ten minutes')
  @Refuses('AUTH_006', 'AUTH_007', 'REQ_006')
  stepUp(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: MfaCode }) { code }: z.infer<typeof MfaCode>,
  ): Promise<void> {
    return this.stepUps.stepUp(caller, code);
  }
}
