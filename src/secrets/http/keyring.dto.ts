import { ApiProperty } from '@nestjs/swagger';
import { type KeyringReport, type MasterKeyStatus } from '../keyring/keyring-status';
import { type RotationRow } from '../keyring/keyring-rows';

const STATUSES = ['pending', 'running', 'succeeded', 'failed', 'cancelled'];
const KID = 'k1f0a2b3c4d5e';
const OPERATION_ID = '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52';

export class MasterKeyDto {
  @ApiProperty({ description: 'Its name, or its fingerprint where it was given none.', example: KID })
  readonly kid!: string;
  @ApiProperty({ description: 'Whether new values are wrapped with it.', example: true })
  readonly primary!: boolean;
  @ApiProperty({ description: 'Whether MASTER_KEY holds it.', example: true })
  readonly present!: boolean;
  @ApiProperty({
    description: 'Versions of secrets whose data keys it wraps.',
    example: 120,
    type: 'integer',
  })
  readonly versions!: number;
  @ApiProperty({ description: 'Whether nothing that is stored needs it any more.', example: false })
  readonly removable!: boolean;
  @ApiProperty({ description: 'Why it may be removed, or not.', example: 'New values are wrapped with it.' })
  readonly reason!: string;
}

export class KeyRotationDto {
  @ApiProperty({ description: 'The operation, also at /api/v1/operations/{id}.', example: OPERATION_ID })
  readonly operation_id!: string;
  @ApiProperty({ description: 'The key that wraps everything at the end.', example: KID })
  readonly kid!: string;
  @ApiProperty({ description: 'How it stands.', enum: STATUSES, example: 'running' })
  readonly status!: string;
  @ApiProperty({ description: 'Data keys that it has wrapped anew so far.', example: 40, type: 'integer' })
  readonly rewrapped!: number;
  @ApiProperty({ description: 'Versions that it could not open.', example: 0, type: 'integer' })
  readonly failed!: number;
  @ApiProperty({
    description: 'When it was asked for.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly started_at!: string;
  @ApiProperty({
    description: 'When it ended.',
    example: null,
    nullable: true,
    type: String,
    format: 'date-time',
  })
  readonly finished_at!: string | null;
}

export class KeyringDto {
  @ApiProperty({ description: 'The key that wraps new values.', example: KID })
  readonly primary!: string;
  @ApiProperty({ description: 'Every master key that is given or needed.', type: [MasterKeyDto] })
  readonly keys!: readonly MasterKeyDto[];
  @ApiProperty({ description: 'The last rotation.', type: KeyRotationDto, nullable: true })
  readonly rotation!: KeyRotationDto | null;
}

export class KeyRotationAcceptedDto {
  @ApiProperty({ description: 'Where its progress is told: /api/v1/operations/{id}.', example: OPERATION_ID })
  readonly operation_id!: string;
  @ApiProperty({ description: 'The key that wraps everything at the end.', example: KID })
  readonly kid!: string;
}

export const presentKeyring = ({ primary, keys, rotation }: KeyringReport): KeyringDto => ({
  primary,
  keys: keys.map(presentKey),
  rotation: rotation === undefined ? null : presentRotation(rotation),
});

const presentKey = (key: MasterKeyStatus): MasterKeyDto => ({
  kid: key.kid,
  primary: key.isPrimary,
  present: key.isPresent,
  versions: key.versions,
  removable: key.isRemovable,
  reason: key.because,
});

const presentRotation = (rotation: RotationRow): KeyRotationDto => ({
  operation_id: rotation.operation_id,
  kid: rotation.kid,
  status: rotation.status,
  rewrapped: rotation.rewrapped,
  failed: rotation.failed,
  started_at: rotation.started_at.toISOString(),
  finished_at: rotation.finished_at?.toISOString() ?? null,
});
