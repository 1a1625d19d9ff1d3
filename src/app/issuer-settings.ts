import { IssuerSettings } from '../identity';
import { type Settings } from './settings';

/** The existing user service, as far as there is one. */
export const issuerSettings = (settings: Readonly<Settings>): IssuerSettings => {
  const {
    JWT_SECRET: jwtSecret,
    JWT_JWKS_URL: jwksUrl,
    FLASK_API_URL: url,
    JWT_AUDIENCE: audience,
  } = settings;
  return new IssuerSettings({
    ...(jwtSecret === undefined ? {} : { jwtSecret }),
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    ...(url === undefined ? {} : { userServiceUrl: url }),
    ...(audience === undefined ? {} : { audience }),
  });
};
