import { createSesClient, sesEmailService } from '../services/ses/client.ts';
import type { EmailService } from '../services/ses/port.ts';
import type { Config } from './config.ts';

export function connectEmail({ region }: Pick<Config, 'region'>): EmailService {
  return sesEmailService(createSesClient({ region }));
}
