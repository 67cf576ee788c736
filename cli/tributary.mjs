#!/usr/bin/env node
// `npx tributary COMMAND`: hands over to the launcher, which finds or installs what the command needs.
process.argv.splice(2, 0, 'cli/main.ts');
await import('../tools/launch.mjs');
