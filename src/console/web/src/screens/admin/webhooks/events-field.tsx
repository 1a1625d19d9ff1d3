import { Textarea, type TextareaProps } from '@mantine/core';
import { recipientText as words } from './recipient-text';

type EventsFieldProps = Pick<TextareaProps, 'value' | 'onChange'> & {
  readonly about: string;
  readonly testId: string;
};

/** Which events somebody is told of: names, or beginnings of them. */
export const EventsField = ({ about, testId, ...field }: EventsFieldProps) => (
  <Textarea label={words.events} description={about} {...field} autosize minRows={2} data-testid={testId} />
);

/** As the API takes them; left out, they are those that it chooses. */
export function eventsOf(typed: string): { readonly events?: string[] } {
  const events = typed.split(/[\s,]+/).filter((event) => event !== '');
  return events.length === 0 ? {} : { events };
}
