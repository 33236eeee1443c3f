import { z } from 'zod';

/** Input of a rotation: the hours in which the old secret is taken beside the new one, 24 unless given. */
export const GracePeriodHours = z
  .int()
  .min(0)
  .max(720)
  .default(24)
  .meta({ description: 'How long the old secret is taken beside the new one; 0 ends it at once.' });
