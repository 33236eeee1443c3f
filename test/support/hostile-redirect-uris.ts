// Redirect URIs that are none of the registered ones, and that some comparison somewhere has taken for one of them:
// by prefix, by suffix, by host, after decoding, after normalising, as a browser reads them or as a parser does.

/** What the client of the test has registered: on the web, on both loopback addresses, and a scheme of its own. */
export const REGISTERED_URIS = {
  web: 'https://app.example.com/callback',
  loopback: 'http://127.0.0.1/cb',
  loopback6: 'http://[::1]:8080/cb',
  app: 'com.example.app:/callback',
} as const;

const { web, loopback, loopback6, app } = REGISTERED_URIS;
const HOST = 'app.example.com';

const onHost = (...hosts: readonly string[]): string[] => hosts.map((host) => `https://${host}/callback`);
const onPath = (...paths: readonly string[]): string[] => paths.map((path) => `https://${HOST}${path}`);
const after = (uri: string, ...ends: readonly string[]): string[] => ends.map((end) => `${uri}${end}`);
const before = (...beginnings: readonly string[]): string[] => beginnings.map((beginning) => `${beginning}${web}`);

/** Characters that parsers drop, trim, or take for a boundary. */
const INVISIBLE = ['\t', '\n', '\r', '\r\n', '\0', '\v', '\f', ' ', '\u00a0', '\u00ad', '\u200b', '\u202e', '\ufeff'];

/** The payloads by the mistake that each would need. */
export const HOSTILE_URIS: Readonly<Record<string, readonly string[]>> = {
  'a user name before another host': [
    ...onHost(`${HOST}@evil.example`, `${HOST}:443@evil.example`, `${HOST}%40evil.example`, `${HOST}%2f@evil.example`),
    ...onHost(`x:y@${HOST}`, `@${HOST}`, `:@${HOST}`, `user@${HOST}`, `evil.example@${HOST}`, `${HOST}@${HOST}`),
    ...onHost(`${HOST}&@evil.example`, `${HOST};@evil.example`, `${HOST}\\@evil.example`, `${HOST}#@evil.example`),
    ...onHost(`${HOST}?@evil.example`, `evil.example#@${HOST}`, `evil.example?@${HOST}`, `evil.example\\@${HOST}`),
  ],
  'another host that begins or ends alike': [
    ...onHost(`${HOST}.evil.example`, `${HOST}evil.example`, `${HOST}-evil.example`, `evil${HOST}`, `evil-${HOST}`),
    ...onHost(`evil.${HOST}`, `www.${HOST}`, 'example.com', 'com', 'app.example', 'app.example.co', 'app.example.org'),
    ...onHost('app-example.com', 'appexample.com', 'app.example.com.', 'app..example.com', `.${HOST}`, `${HOST}..`),
    ...onHost(`${HOST}_.evil.example`, `${HOST}%2eevil.example`, `${HOST}%00.evil.example`, `${HOST}%0d.evil.example`),
    ...onHost('evil.example', `evil.example/${HOST}`, `evil.example%2f${HOST}`, `evil.example%5c${HOST}`),
    ...onHost('a%70p.example.com', 'app%2eexample%2ecom', 'app.example%E3%80%82com', `*.example.com`, '*', ''),
  ],
  'letters that look or fold alike': [
    ...onHost('аpp.example.com', 'app.exаmple.com', 'app.example.ϲom', 'ａｐｐ.example.com', 'app。example。com'),
    ...onHost('app.example․com', 'app.exam𝐩le.com', 'app．example.com', 'app.exampIe.com', 'app.examp1e.com'),
    ...onHost('xn--pp-6kc.example.com', 'app.xn--exmple-4nf.com', 'app.example.xn--om-h3b', 'äpp.example.com'),
    ...onHost(
      'app.ｅxample.com',
      'apⓟ.example.com',
      'app.example.com\u0338',
      'app.ex\u0101mple.com',
      '㏂p.example.com',
    ),
    ...onPath('/cаllback', '/ｃallback', '/callbacK', '/callbac\u212a', '/calⅼback'),
  ],
  'other case': [
    web.toUpperCase(),
    ...before('').flatMap((uri) => [uri.replace('https', 'HTTPS'), uri.replace('https', 'Https')]),
    ...onHost('APP.EXAMPLE.COM', 'App.example.com', 'app.Example.com', 'app.example.COM'),
    ...onPath('/Callback', '/CALLBACK', '/callBack'),
    app.replace('com.example', 'Com.Example'),
    app.replace('/callback', '/Callback'),
    loopback.replace('http', 'HTTP'),
    loopback.replace('/cb', '/CB'),
  ],
  'a port': onHost(
    `${HOST}:443`,
    `${HOST}:8443`,
    `${HOST}:80`,
    `${HOST}:`,
    `${HOST}:0`,
    `${HOST}:0443`,
    `${HOST}:99999`,
  ),
  'another path': [
    ...onPath('', '/', '//callback', '/callback/', '/callback//', '/callback/.', '/callback/..', '/./callback'),
    ...onPath('/../callback', '/x/../callback', '/callback/../callback', '/callback/../evil', '/callback/x/..'),
    ...onPath(
      '/callbac',
      '/callbackx',
      '/callback.html',
      '/callback.evil',
      '/callback/evil',
      '/evil/callback',
      '/evil',
    ),
    ...onPath('/%63allback', '/callbac%6B', '/callbac%6b', '/%2563allback', '/callback%2f', '/callback%2F..%2Fevil'),
    ...onPath('/callback%252f..%252fevil', '/callback/%2e%2e/evil', '/callback/%252e%252e/evil', '/callback/%2e'),
    ...onPath('/callback/..%c0%afevil', '/callback/..%5cevil', '/callback/..\\evil', '\\callback', '/callback\\'),
    ...onPath(
      '/callback;x=1',
      '/callback;',
      '/callback,',
      '/callback%00',
      '/callback%0a',
      '/callback%20',
      '/callback*',
    ),
    ...onPath('/callback/..;/evil', '/callback/.../evil', '/callback%3fx', '/callback%23', '/callback:', '/(callback)'),
  ],
  'more in the query': [
    ...after(web, '?', '?x=1', '?x', '??', '?redirect_uri=https://evil.example/', '?code=planted', '?state=planted'),
    ...after(
      web,
      '?url=//evil.example',
      '?next=https%3A%2F%2Fevil.example',
      '&x=1',
      '&redirect_uri=https://evil.example',
    ),
    ...after(loopback, '?x=1', '?', '&x=1'),
    ...after(app, '?x=1', '?'),
  ],
  'a fragment': [
    ...after(web, '#', '#x', '#/../evil', '#?code=planted', '#@evil.example', '?#', '%23x'),
    ...after(loopback, '#', '#x'),
    ...after(app, '#', '#x'),
  ],
  'what is not seen': [
    ...INVISIBLE.flatMap((hidden) => [`${web}${hidden}`, `${hidden}${web}`]),
    ...INVISIBLE.slice(0, 6).flatMap((hidden) => [
      web.replace('app.', `app.${hidden}`),
      web.replace('//', `/${hidden}/`),
    ]),
    `${web}\r\nLocation: https://evil.example/`,
    `${web}%0d%0aLocation:%20https://evil.example/`,
    `${web} https://evil.example/`,
    `${web},https://evil.example/`,
    `"${web}"`,
    `<${web}>`,
  ],
  'another scheme, or none': [
    ...['http', 'ftp', 'ws', 'wss', 'file', 'blob:https', 'view-source:https', 'intent', 'httpss', 'xhttps'].map(
      (scheme) => web.replace('https', scheme),
    ),
    ...['https:/', 'https:///', 'https:////', 'https:', 'https:\\\\', 'https:/\\', '//', '///', '/\\', '\\\\', ''].map(
      (slashes) => `${slashes}${HOST}/callback`,
    ),

    'javascript:alert(1)',
    `javascript://${HOST}/callback%0aalert(1)`,
    'JavaScript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    `data:text/html;base64,PHNjcmlwdD4=#${web}`,
    'vbscript:x',
    'about:blank',
    'mailto:a@evil.example',
    ...before('javascript:', 'url=', 'https://evil.example/?u=', 'https://evil.example/#', 'https://evil.example/'),
    '/callback',
    'callback',
    '.',
    'null',
    'urn:ietf:wg:oauth:2.0:oob',
  ],
  'another loopback': [
    ...[
      'localhost',
      '127.0.0.2',
      '127.1',
      '127.0.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '0x7f.1',
      '0.0.0.0',
    ].map((host) => `http://${host}:51004/cb`),
    ...['[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:0:0:1]', '[::1%25lo]', '[::127.0.0.1]', '::1'].map(
      (host) => `http://${host}:51004/cb`,
    ),
    ...[
      '127.0.0.1.',
      '127.0.0.1.evil.example',
      '127.0.0.1@evil.example',
      '127.0.0.1:1@evil.example',
      '127。0。0。1',
    ].map((host) => `http://${host}/cb`),
    ...[
      '127.0.0.1:',
      '127.0.0.1:x',
      '127.0.0.1:65536',
      '127.0.0.1:123456',
      '127.0.0.1:-1',
      '127.0.0.1:80:80',
      '127.0.0.1:80evil',
    ].map((host) => `http://${host}/cb`),
    ...after(loopback, '/', '/x', '/../evil', '%2f', 'x'),
    ...after('http://127.0.0.1:51004/', '', 'CB', 'x/cb', '/cb', 'c%62'),
    'https://127.0.0.1:51004/cb',
    'https://[::1]:8080/cb',
    'ws://127.0.0.1/cb',
    '//127.0.0.1/cb',
    ...after(loopback6, '/', '?x'),
  ],
  'another scheme of an application': [
    'com.example.app',
    'com.example.app:',
    'com.example.app:callback',
    'com.example.app://callback',
    `${app}/`,
    'com.example.app:///callback',
    'com.example.app.evil:/callback',
    'com.example:/callback',
    `evil.${app}`,
    'com.example.appx:/callback',
    'com-example-app:/callback',
    'com.example.app:/evil',
    `${app}/evil`,
    `${app}%2f`,
    'com.example.app:\\callback',
    'com.example.app://evil.example/callback',
    'com.example.app:/callback/../evil',
  ],
};
