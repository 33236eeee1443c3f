/** The status that an API key gets from a server, on a route that asks the database for nothing itself. */
export async function keyStatus(server: { readonly url: string }, { key }: { readonly key: string }): Promise<number> {
  const response = await fetch(`${server.url}/api/compression/compress`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: '{"data":{"a":1}}',
  });
  await response.arrayBuffer();
  return response.status;
}
