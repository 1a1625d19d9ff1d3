import { IssuerSettings } from '../identity';
import { type Role } from './role';
import { type Settings } from './settings';

/** The existing user service, as far as there is one. A provisioner's database role reads no other issuers. */
export const issuerSettings = (settings: Readonly<Settings>, role: Role): IssuerSettings => {
  const {
    JWT_SECRET: jwtSecret,
    JWT_JWKS_URL: jwksUrl,
    FLASK_API_URL: url,
    JWT_AUDIENCE: audience,
  } = settings;
  return new IssuerSettings({
    knowsStored: role !== 'provisioner',
    ...(jwtSecret === undefined ? {} : { jwtSecret }),
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    ...(url === undefined ? {} : { userServiceUrl: url }),
    ...(audience === undefined ? {} : { audience }),
  });
};
