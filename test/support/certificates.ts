import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

function openssl(words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'ignore' });
}

/** Makes a certificate authority in a directory. */
export function newAuthority(directory: string, name: string): Certificate {
  const [certificate, key] = [join(directory, `${name}.pem`), join(directory, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'];
  openssl([
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ]);
  return { certificate, key };
}

/** Makes the certificate of a server called `localhost`, and by no other name, signed by an authority. */
export function newServerCertificate(directory: string, authority: Certificate): Certificate {
  const [certificate, key] = [join(directory, 'server.pem'), join(directory, 'server.key')];
  const [request, extensions] = [join(directory, 'server.csr'), join(directory, 'server.ext')];
  writeFileSync(extensions, 'subjectAltName=DNS:localhost\n');
  openssl(['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', request, '-subj', '/CN=localhost']);
  const signer = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial', '-days', '2'];
  openssl(['x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', certificate]);
  return { certificate, key };
}
