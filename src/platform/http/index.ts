export { answerHeaders } from './answer-headers.middleware.js';
export { refuseBrokenRequests } from './broken-requests.js';
export { crossOrigin } from './cors.middleware.js';
export { HttpAdapter } from './http-adapter.js';
export { methodsOfPath } from './methods-of-path.js';
export { Answers, AnswersNothing, REFUSALS, Refuses } from './answer.decorators.js';
export { printCsv } from './print-csv.js';
export { singleHeaders } from './single-headers.middleware.js';
export { printTime, printTimeOrNull, TimeInput, TimeView } from './time.js';
