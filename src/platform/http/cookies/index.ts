export { cookieName } from './cookie-name.js';
export { cookieValue } from './cookie-value.js';
