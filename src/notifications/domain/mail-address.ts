const LENGTH_MAX = 254;
/** Plain addresses only: no names, groups, comments or quotes, in which a second recipient or a header could hide. */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

export const MAIL_ADDRESS_MAX = LENGTH_MAX;
export const isMailAddress = (text: string): boolean => text.length <= LENGTH_MAX && ADDRESS.test(text);
