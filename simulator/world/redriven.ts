/** Windows are approximate, and their states are gone with the batch: nobody redrives them. */
export function isRedriven(consumer: string): boolean {
  return consumer !== 'usage-analytics';
}
