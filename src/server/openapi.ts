/** /openapi.json, made of the routes' schemas. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { version } from '../base/version.js';

/** The one form; zod does not describe files. */
const FORM = {
  type: 'object',
  required: ['files'],
  properties: {
    files: { type: 'array', items: { type: 'string', format: 'binary' }, minItems: 1 },
    lang: { type: 'string', description: 'Language of all files; the default is to detect it.' },
    metadata: {
      type: 'string',
      description: 'JSON object: metadata of all documents in the files.',
    },
  },
};

export async function addOpenApi(app: FastifyInstance, withKeys: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'xqg',
        version: version(),
        description:
          'Cross-lingual search with query generation. Every failure has a code and a remedy.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: withKeys ? [{ key: [] }] : [],
    },
    transform(route) {
      const { schema, url } = jsonSchemaTransform(
        route as Parameters<typeof jsonSchemaTransform>[0],
      );
      if (route.url.endsWith('/files')) return { schema: { ...schema, body: FORM }, url };
      return { schema, url };
    },
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/openapi.json', { config: { open: true }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
}
