export { type Page, pageQueryFields, pageView, toPage } from './page.js';
