import { ApiProperty } from '@nestjs/swagger';

export class SignInIssuerDto {
  @ApiProperty({ description: 'The name of the issuer.', example: 'company-login' })
  readonly name!: string;

  @ApiProperty({ description: 'Where a browser begins.', example: '/api/v1/auth/oidc/company-login/start' })
  readonly start_url!: string;
}

export class SignInIssuersDto {
  @ApiProperty({ description: 'The issuers that people sign in at.', type: [SignInIssuerDto] })
  readonly issuers!: readonly SignInIssuerDto[];
}
