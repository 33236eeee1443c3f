import { z } from 'zod';

const REPORTED_MAX = 1_000;

/** Body of `reportLeak`, as GitHub's secret scanning sends it to its partners; what else it may hold is ignored. */
export const LeakReport = z
  .array(
    z.object({
      token: z.string().max(1_024).meta({ description: 'What was found, in the hope that it is a key.' }),
      type: z.string().max(100).default('kindly_api_key'),
      url: z.string().max(2_048).nullish().meta({ description: 'Where it was found.' }),
      source: z
        .string()
        .max(64)
        .nullish()
        .meta({ examples: ['content'] }),
    }),
  )
  .min(1)
  .max(REPORTED_MAX)
  .meta({ id: 'LeakReport' });

/** Answer of `reportLeak`: which of the findings are keys; the keys themselves are not repeated. */
export const LeakVerdictsView = z
  .array(
    z.object({
      token_hash: z.string().meta({ description: 'SHA-256 of the token, in base64.' }),
      token_type: z.string(),
      label: z.enum(['true_positive', 'false_positive']),
    }),
  )
  .meta({ id: 'LeakVerdicts' });

/** Body of `selfRevokeApiKey`, which may be left out if the key is sent in X-API-Key. */
export const SelfRevocation = z
  .strictObject({ key: z.string().max(1_024).optional() })
  .prefault({})
  .meta({ id: 'SelfRevocation' });
