import { Injectable } from '@nestjs/common';

/** Whether this process wants requests; a load balancer learns it from `/health/ready`. */
@Injectable()
export class Readiness {
  private withdrawn = false;

  /** Asks load balancers to send nothing more. What still comes is answered. */
  withdraw(): void {
    this.withdrawn = true;
  }

  get isWithdrawn(): boolean {
    return this.withdrawn;
  }
}
