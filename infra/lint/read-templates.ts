import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';
import type { Inventory, LintedMapping, LintedResource } from './inventory.ts';
import { sourceOf } from './read-listing.ts';

export interface TemplateFile {
  readonly file: string;
  readonly template: JsonObject;
}

/** A value of a template, followed as far as the given templates go. */
interface Followed {
  readonly text: string;
  readonly resource?: LintedResource;
}

/** Templates of CloudFormation, which may import from one another what they export. */
export function readTemplates(files: readonly TemplateFile[]): Inventory {
  const templates = files.map((each) => new Template(each, exported));
  function exported(name: string): Followed | undefined {
    return templates.map((template) => template.exportNamed(name)).find((found) => found !== undefined);
  }
  return {
    mappings: templates.flatMap((template) => template.mappings()),
    resources: templates.flatMap((template) => [...template.resources.values()]),
  };
}

class Template {
  readonly resources: ReadonlyMap<string, LintedResource>;
  readonly #outputs: readonly JsonObject[];
  readonly #exported: (name: string) => Followed | undefined;

  constructor({ file, template }: TemplateFile, exported: (name: string) => Followed | undefined) {
    this.#exported = exported;
    this.#outputs = Object.values(objectOf(template.Outputs)).filter(isJsonObject);
    this.resources = new Map(
      Object.entries(objectOf(template.Resources)).map(([id, resource]) => [id, readResource(file, id, resource)]),
    );
  }

  mappings(): readonly LintedMapping[] {
    return [...this.resources.values()]
      .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
      .map((resource) => this.#mapping(resource));
  }

  exportNamed(name: string): Followed | undefined {
    const output = this.#outputs.find(({ Export }) => objectOf(Export).Name === name);
    return output === undefined ? undefined : this.#follow(output.Value);
  }

  #mapping({ where, properties: settings }: LintedResource): LintedMapping {
    const source = this.#follow(settings.EventSourceArn);
    const called = this.#follow(settings.FunctionName);
    return {
      where,
      settings,
      ...this.#sourceOf(source),
      ...(source.resource === undefined ? {} : { sourceResource: source.resource }),
      ...(called.resource === undefined ? {} : { functionResource: called.resource }),
    };
  }

  #sourceOf({ text, resource }: Followed): Pick<LintedMapping, 'kind' | 'source' | 'enhanced'> {
    switch (resource?.type) {
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable':
        return { kind: 'dynamodb', source: text, enhanced: false };
      case 'AWS::Kinesis::Stream':
        return { kind: 'kinesis', source: text, enhanced: false };
      case 'AWS::Kinesis::StreamConsumer':
        return { kind: 'kinesis', source: this.#follow(resource.properties.StreamARN).text, enhanced: true };
      case 'AWS::SQS::Queue':
        return { kind: 'sqs', source: text, enhanced: false };
      default:
        return sourceOf(text);
    }
  }

  #follow(value: unknown): Followed {
    if (!isJsonObject(value)) return { text: String(value) };
    const reference = value.Ref ?? value['Fn::GetAtt'];
    const id = String(Array.isArray(reference) ? reference[0] : reference).split('.')[0] ?? '';
    const resource = reference === undefined ? undefined : this.resources.get(id);
    if (resource !== undefined) return { text: resource.where, resource };
    const imported = value['Fn::ImportValue'];
    if (imported !== undefined) return this.#exported(String(imported)) ?? { text: `import of ${String(imported)}` };
    return { text: this.#text(value) };
  }

  /** What is joined or substituted, with references in place. */
  #text(value: JsonObject): string {
    const joined = value['Fn::Join'];
    if (Array.isArray(joined) && Array.isArray(joined[1])) {
      return joined[1].map((part) => this.#follow(part).text).join(String(joined[0]));
    }
    return 'Fn::Sub' in value ? String(value['Fn::Sub']) : JSON.stringify(value);
  }
}

function readResource(file: string, id: string, resource: unknown): LintedResource {
  const { Type, Properties, DeletionPolicy, UpdateReplacePolicy } = objectOf(resource);
  return {
    where: `${file}: ${id}`,
    type: String(Type),
    properties: objectOf(Properties),
    ...(DeletionPolicy === undefined ? {} : { deletionPolicy: String(DeletionPolicy) }),
    ...(UpdateReplacePolicy === undefined ? {} : { updateReplacePolicy: String(UpdateReplacePolicy) }),
  };
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
