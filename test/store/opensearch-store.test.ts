import { expect, it } from 'vitest';
import type { StoreAddress } from '../../src/store/opensearch/address.js';
import { Connection, type Request } from '../../src/store/opensearch/connection.js';
import { OpenSearchStore } from '../../src/store/opensearch/opensearch-store.js';
import { COLUMNS, type IndexedPassage } from '../../src/store/store.js';
import { askServer, describeWithOpenSearch, newAddress } from '../support/opensearch.js';
import { idsOf, passage, passageStoreConformance, shape } from './conformance.js';

const OWNER = 'here:/index';

describeWithOpenSearch('the store on OpenSearch', () => {
  let address: StoreAddress;
  passageStoreConformance(
    () => {
      address = newAddress();
      return OpenSearchStore.create(address, shape, OWNER);
    },
    async (store) => {
      store.close();
      return OpenSearchStore.open(address);
    },
  );

  it('is reported missing if none was created', async () => {
    await expect(OpenSearchStore.open(newAddress())).rejects.toMatchObject({
      code: 'XQG_STORE_MISSING',
    });
  });

  it('rolls back what a killed writer wrote without a commit', async () => {
    const own = newAddress();
    const connection = new DyingConnection(own);
    const store = await OpenSearchStore.create(own, shape, OWNER, connection);
    await store.upsert([passage('a'), passage('b')]);
    const before = await askServer<{ count: number }>('GET', `/${own.name}/_count`);
    connection.dies = true;
    await expect(store.upsert([passage('a', 0, { text: 'new' }), passage('c')])).rejects.toThrow(
      'killed',
    );
    store.close();
    // Rows of the batch exist and an older one is marked as deleted, but readers do not see it.
    const between = await askServer<{ count: number }>('GET', `/${own.name}/_count`);
    expect(between.count).toBe(before.count + 2);
    expect(await idsOf(await (await OpenSearchStore.open(own)).snapshot())).toEqual(['a#0', 'b#0']);
    const again = await OpenSearchStore.create(own, shape, OWNER);
    await again.upsert([passage('d')]);
    const rows: IndexedPassage[] = [];
    for await (const some of (await again.snapshot()).scan(COLUMNS)) rows.push(...some);
    expect(rows).toEqual([passage('a'), passage('b'), passage('d')]);
    again.close();
  });

  it('has one writer at a time, and the next one after it has released the lock', async () => {
    const own = newAddress();
    const store = await OpenSearchStore.create(own, shape, OWNER);
    await expect(OpenSearchStore.create(own, shape, 'there:/index')).rejects.toMatchObject({
      code: 'XQG_STORE_LOCKED',
    });
    await store.release();
    const other = await OpenSearchStore.create(own, shape, 'there:/index');
    await expect(store.upsert([passage('a')])).rejects.toMatchObject({ code: 'XQG_STORE_LOCKED' });
    await other.upsert([passage('b')]);
    expect(await idsOf(await other.snapshot())).toEqual(['b#0']);
    other.close();
    store.close();
  });

  it('moves its alias to another index in a purge, and readers follow', async () => {
    const own = newAddress();
    const store = await OpenSearchStore.create(own, shape, OWNER);
    await store.upsert([passage('a'), passage('b')]);
    await store.deleteDocuments(['a']);
    const elsewhere = await OpenSearchStore.open(own);
    expect(await (await elsewhere.snapshot()).count()).toBe(1);
    await store.purge();
    expect(Object.keys(await askServer('GET', `/${own.name}`))).toEqual([`${own.name}-2`]);
    expect(await idsOf(await elsewhere.snapshot())).toEqual(['b#0']);
    elsewhere.close();
    store.close();
  });

  it('refuses an index that xqg did not create', async () => {
    const own = newAddress();
    await askServer('PUT', `/${own.name}-foreign`, { aliases: { [own.name]: {} } });
    await expect(OpenSearchStore.create(own, shape, OWNER)).rejects.toMatchObject({
      code: 'XQG_STORE_FOREIGN',
    });
  });
});

/** Lets the rows of a batch pass, but not the commit that makes them visible. */
class DyingConnection extends Connection {
  dies = false;

  override async send<T>(
    request: Request,
    accept?: readonly number[],
    requireWhole?: (body: T) => void,
  ): Promise<{ status: number; body: T }> {
    if (this.dies && request.method === 'PUT' && request.path.endsWith('/_doc/commit'))
      throw new Error('killed');
    return super.send(request, accept, requireWhole);
  }
}
