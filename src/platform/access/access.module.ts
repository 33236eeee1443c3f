import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { CredentialStrategies } from './credential-strategy.js';
import { Invalidations } from './invalidations.js';
import { Routes } from './routes.js';
import { StepUps } from './step-ups.js';

/** Credentials, requirements and the routes that declare them. */
@Global()
@Module({
  imports: [DiscoveryModule, PassportModule.register({ session: false })],
  providers: [CredentialStrategies, Routes, Invalidations, StepUps],
  exports: [CredentialStrategies, Routes, Invalidations, StepUps],
})
export class AccessModule {}
