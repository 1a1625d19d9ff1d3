import { type ChangeEvent, useCallback, useState } from 'react';

type Names<T> = { [Name in keyof T]: T[Name] extends string ? Name : never }[keyof T];

interface Typed<T> {
  readonly typed: T;
  readonly put: (change: Partial<T>) => void;
  readonly reset: (values: T) => void;
  /** What a text field of a form takes. */
  readonly field: (name: Names<T>) => {
    readonly value: string;
    readonly onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
  };
}

/** What is typed into a form, by the names of its fields. */
export function useTyped<T extends object>(empty: T): Typed<T> {
  const [typed, reset] = useState(empty);
  const put = useCallback((change: Partial<T>) => reset((before) => ({ ...before, ...change })), []);
  const field: Typed<T>['field'] = (name) => ({
    value: typed[name] as string,
    onChange: ({ currentTarget: { value } }) => put({ [name]: value } as Partial<T>),
  });
  return { typed, put, reset, field };
}
