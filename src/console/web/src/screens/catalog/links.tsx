import { Anchor, Button } from '@mantine/core';
import { createLink } from '@tanstack/react-router';

/** Links of the router in the looks of the design: their addresses and parameters are checked by type. */
export const TextLink = createLink(Anchor<'a'>);
export const InstallLink = createLink(Button<'a'>);
