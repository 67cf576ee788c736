import { networkInterfaces } from 'node:os';
import { expect } from 'vitest';

/** It answers at its own address and at no other address of this machine, so that nobody in the network reaches it. */
export async function expectLoopbackOnly(url: string): Promise<void> {
  expect((await fetch(url)).status).toBeGreaterThan(0);
  const { port } = new URL(url);
  const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  for (const { address } of addresses.filter(({ family, internal }) => family === 'IPv4' && !internal)) {
    await expect(fetch(`http://${address}:${port}`), address).rejects.toThrow();
  }
}
