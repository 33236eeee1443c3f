import { defineEntity, p } from '@mikro-orm/core';

const DictionarySchema = defineEntity({
  name: 'Dictionary',
  tableName: 'compression_dictionaries',
  properties: {
    id: p.uuid().primary(),
    ownerId: p.uuid(),
    name: p.string().length(100),
    /** Counts up with every dictionary that an owner trains under the same name. */
    version: p.integer(),
    /** What the codecs are given; wiped when the dictionary is deleted. */
    content: p.blob().nullable().lazy(),
    sizeBytes: p.integer(),
    /** SHA-256 of the content. */
    digest: p.blob(),
    sampleCount: p.integer(),
    createdAt: p.datetime(),
    deletedAt: p.datetime().nullable(),
  },
  uniques: [{ properties: ['ownerId', 'name', 'version'] }],
});

/** A dictionary that an owner has trained. A deleted one stays as a row without content, so that no version comes twice. */
export class Dictionary extends DictionarySchema.class {
  isDeleted(): boolean {
    return !!this.deletedAt;
  }
}
DictionarySchema.setClass(Dictionary);
export { DictionarySchema };
