/** Whether a key press belongs to somebody who writes, or to the browser, and not to our shortcuts. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target as HTMLElement | null;
  if (target === null) return false;
  return target.isContentEditable || target.closest('input,textarea,select,dialog,[role="dialog"]') !== null;
}
