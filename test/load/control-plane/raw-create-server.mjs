// The floor under "create an instance": a bare HTTP server that parses a body and inserts one row.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.argv[2], max: 20 });
await pool.query('CREATE TABLE raw_instance (id uuid PRIMARY KEY, name text UNIQUE, spec jsonb)');

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { name, json_spec: spec } = JSON.parse(Buffer.concat(chunks).toString());
  const id = randomUUID();
  await pool.query('INSERT INTO raw_instance VALUES ($1, $2, $3)', [id, name, spec]);
  response.writeHead(201, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id, name, status: 'requested' }));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.once('SIGTERM', () => process.exit(0));
