export { endWithJson } from './end-with-json.js';
export { OAUTH_ERROR_STATUS, OAuthError } from './oauth-error.js';
export { isOAuthPath, OAuthErrorView } from './oauth-refusal.js';
export { ProblemFilter } from './problem.filter.js';
export { PROBLEM_MEDIA_TYPE, ProblemView, toProblem } from './problem.js';
