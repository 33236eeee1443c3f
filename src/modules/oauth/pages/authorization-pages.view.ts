import { inWords, type Scope } from '../protocol/scopes.js';
import { type Html, html } from './html.js';
import { type Page, sourceOf } from './send-page.js';

/** What every form carries: the request that it is about, and the proof that it is ours. */
export interface FormContext {
  readonly clientName: string;
  readonly redirectUri: string;
  /** The query of the authorization request. */
  readonly request: string;
  readonly csrfToken: string;
  /** What went wrong before, for the user; null: nothing. */
  readonly fault: { readonly status: number; readonly sentence: string } | null;
}

/** Asks for e-mail and password. */
export function loginPage(context: FormContext, email: string): Page {
  return page(
    context,
    'Log in',
    html`<p>to continue to <strong>${context.clientName}</strong></p>
      ${form(
        context,
        'login',
        html`<label for="email">E-mail</label>
          <input id="email" name="email" type="email" autocomplete="username" required value="${email}" />
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
          <button>Log in</button>`,
      )}`,
  );
}

/** Asks for a code of the second factor, once the password has been right. */
export function codePage(context: FormContext, ticket: string): Page {
  return page(
    context,
    'Enter your code',
    html`<p>Open your authenticator app, or use a recovery code.</p>
      ${form(
        context,
        'login',
        html`<input type="hidden" name="ticket" value="${ticket}" />
          ${CODE_FIELD}
          <button>Continue</button>`,
      )}`,
  );
}

/** Who is asked, and for what. */
export interface ConsentQuestion {
  readonly email: string;
  readonly scopes: readonly Scope[];
  /** A policy wants the second factor first. */
  readonly needsCode: boolean;
  /** Where somebody else can log in. */
  readonly otherAccountUrl: string;
}

/** Asks whether the application may do what it wants to. */
export function consentPage(context: FormContext, question: ConsentQuestion): Page {
  const { clientName, redirectUri } = context;
  const items = question.scopes.map((scope) => html`<li>${inWords(scope)}</li>`);
  return page(
    context,
    `Allow ${clientName}?`,
    html`<p><strong>${clientName}</strong> is made by somebody else and would like to:</p>
      <ul>
        ${items}
      </ul>
      <p>Afterwards you are sent to <strong>${destinationOf(redirectUri)}</strong>.</p>
      ${form(
        context,
        'consent',
        html`${question.needsCode ? CODE_FIELD : null}
          <button name="decision" value="approve">Allow</button>
          <button name="decision" value="deny" class="other" formnovalidate>Do not allow</button>`,
      )}
      <p class="soft">
        You are ${question.email}. <a href="${question.otherAccountUrl}">Not you?</a> You can take this back at any
        time.
      </p>`,
  );
}

/** Says what is wrong where nobody can be sent back. */
export function errorPage(status: number, sentence: string): Page {
  return {
    status,
    title: 'This does not work',
    content: html`<p>${sentence}</p>
      <p class="soft">Nothing was shared. Close this page, and tell the makers of the application.</p>`,
    formTarget: null,
  };
}

/** Says what is wrong with a request, and leaves it to the user to go where it came from, or says it did. */
export function errorRedirectPage(fault: {
  readonly clientName: string;
  readonly redirectUri: string;
  readonly sentence: string;
  readonly url: string;
}): Page {
  return {
    status: 400,
    title: 'This does not work',
    content: html`<p>
        <strong>${fault.clientName}</strong> has asked for something that cannot be given: ${fault.sentence}
      </p>
      <p class="soft">Nothing was shared. <a href="${fault.url}">Go to ${destinationOf(fault.redirectUri)}</a></p>`,
    formTarget: null,
  };
}

const CODE_FIELD = html`<label for="mfa_code">Code</label>
  <input id="mfa_code" name="mfa_code" autocomplete="one-time-code" required maxlength="14" />`;

function page(context: FormContext, title: string, content: Html): Page {
  const { fault, redirectUri } = context;
  const alert = fault && html`<p class="alert" role="alert">${fault.sentence}</p>`;
  const formTarget = sourceOf(redirectUri);
  return { status: fault?.status ?? 200, title, content: html`${alert}${content}`, formTarget };
}

function form({ request, csrfToken }: FormContext, action: 'login' | 'consent', fields: Html): Html {
  return html`<form method="post" action="/oauth/authorize/${action}">
    <input type="hidden" name="request" value="${request}" />
    <input type="hidden" name="csrf_token" value="${csrfToken}" />
    ${fields}
  </form>`;
}

/** The host for the web, the whole scheme for an application. */
function destinationOf(redirectUri: string): string {
  const { protocol, host } = new URL(redirectUri);
  return protocol === 'https:' || protocol === 'http:' ? host : protocol;
}
