import { type ReactNode } from 'react';
import { BASE } from '~/security';
import classes from './outside.module.css';
import { text } from './text';

interface OutsideProps {
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** The page of somebody who is not, or only just, signed in: no navigation around it. */
export const Outside = ({ wide = false, children }: OutsideProps) => (
  <div className={classes.page}>
    <main className={wide ? classes.wide : classes.column}>
      <div className={classes.brand}>
        <img src={`${BASE}/console/favicon.svg`} alt="" className={classes.mark} />
        {text.product}
      </div>
      {children}
    </main>
  </div>
);
