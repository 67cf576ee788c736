import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';
import type { Inventory } from './inventory.ts';
import { mappingRules } from './mapping-rules.ts';
import { isListing, readListing } from './read-listing.ts';
import { readTemplates, type TemplateFile } from './read-templates.ts';
import type { Finding, Rule } from './rule.ts';
import { templateRules } from './template-rules.ts';

export const rules: readonly Rule[] = [...mappingRules, ...templateRules];

export interface LintedFile {
  readonly file: string;
  readonly text: string;
}

/** What cannot be linted; the message says why and what to give instead. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

/** Everything that breaks a rule in these files, rule by rule. @throws {UnreadableFileError} */
export function lint(files: readonly LintedFile[]): readonly Finding[] {
  const inventory = readFiles(files);
  return rules.flatMap((rule) => rule.problems(inventory).map((problem) => ({ ...problem, rule })));
}

/** Of templates and listings together. @throws {UnreadableFileError} */
export function readFiles(files: readonly LintedFile[]): Inventory {
  const documents = files.map(({ file, text }) => ({ file, document: parse(file, text) }));
  const listings = documents.filter(({ document }) => isListing(document));
  const templates = documents.flatMap(({ file, document }): TemplateFile[] =>
    isListing(document) ? [] : [{ file, template: templateIn(file, document) }],
  );
  const inventories = [...listings.map(({ file, document }) => readListing(file, document)), readTemplates(templates)];
  return {
    mappings: inventories.flatMap(({ mappings }) => mappings),
    resources: inventories.flatMap(({ resources }) => resources),
  };
}

/** `aws cloudformation get-template` wraps the template. */
function templateIn(file: string, document: JsonObject): JsonObject {
  const template = isJsonObject(document.TemplateBody) ? document.TemplateBody : document;
  if (isJsonObject(template.Resources)) return template;
  throw new UnreadableFileError(
    `${file} is neither a template of CloudFormation (it has no Resources) nor a listing of event source mappings.`,
  );
}

function parse(file: string, text: string): JsonObject {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UnreadableFileError(
      `${file} is not JSON. Give a synthesized template (cdk synth --json), the template of a stack ` +
        '(aws cloudformation get-template --template-stage Processed --output json), or what ' +
        'aws lambda list-event-source-mappings --output json prints.',
    );
  }
  if (isJsonObject(document)) return document;
  throw new UnreadableFileError(`${file} holds no JSON object.`);
}
