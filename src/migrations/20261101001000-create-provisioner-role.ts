import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** A database role that may write no product table but its own lease row. */
export class CreateProvisionerRole20261101001000 implements MigrationInterface {
  readonly name = 'CreateProvisionerRole20261101001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quayside_provisioner') THEN
          CREATE ROLE quayside_provisioner NOLOGIN;
        END IF;
        EXECUTE format('GRANT quayside_provisioner TO %I', current_user);
        GRANT SELECT ON desired_instances, secret, secret_version, setting TO quayside_provisioner;
        GRANT SELECT, INSERT, UPDATE, DELETE ON lease TO quayside_provisioner;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO quayside_provisioner', current_schema());
      EXCEPTION
        -- Managed databases may forbid roles, and two installations in one cluster may race for it: the provisioner then
        -- connects as the owner, and /health says so.
        WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
          RAISE NOTICE 'quayside_provisioner: %', SQLERRM;
      END
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DO $$ BEGIN REVOKE ALL ON desired_instances, secret, secret_version, setting, lease FROM quayside_provisioner; EXCEPTION WHEN undefined_object THEN NULL; END $$;`,
    );
  }
}
