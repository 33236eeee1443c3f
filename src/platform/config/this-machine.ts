/** Whether a host is this machine by its name or address, or the directory of a Unix socket. */
export function isThisMachine(host: string): boolean {
  return host.startsWith('/') || /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}
