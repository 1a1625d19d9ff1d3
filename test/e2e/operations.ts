/** One operation of the served document, its path parameters filled in. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** Names of its query parameters. */
  readonly parameters: readonly string[];
  readonly hasBody: boolean;
  readonly isPublic: boolean;
}

interface RawOperation {
  readonly parameters?: readonly { readonly name: string; readonly in?: string }[];
  readonly requestBody?: object;
  readonly security?: readonly object[];
}

type Document = { readonly paths?: Readonly<Record<string, Readonly<Record<string, RawOperation>>>> };

/** Path parameters are called "refused": no such thing exists. */
export const operationsOf = ({ paths = {} }: Document): readonly Operation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters = [], requestBody, security }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, 'refused'),
      parameters: parameters.flatMap(({ name, in: place }) => (place === 'query' ? [name] : [])),
      hasBody: requestBody !== undefined,
      isPublic: security?.length === 0,
    })),
  );
