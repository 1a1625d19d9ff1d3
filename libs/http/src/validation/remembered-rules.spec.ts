import { getMetadataStorage, IsInt, IsString, MetadataStorage, validateSync } from 'class-validator';
import { rememberRules } from './remembered-rules';

class Base {
  @IsString()
  name!: string;
}

class Thing extends Base {
  @IsInt()
  count!: number;
}

describe('rules of classes', () => {
  it('are looked up once, and are the same as before', () => {
    const storage = getMetadataStorage();
    const lookUp = jest.spyOn(MetadataStorage.prototype, 'getTargetValidationMetadatas');
    rememberRules(storage);
    rememberRules(storage);
    const faultsOf = (thing: object): readonly string[] =>
      validateSync(Object.assign(new Thing(), thing)).map(({ property }) => property);
    expect(faultsOf({ name: 1, count: 'x' }).toSorted()).toEqual(['count', 'name']);
    expect(faultsOf({ name: 'a', count: 1 })).toEqual([]);
    expect(faultsOf({ name: 'a' })).toEqual(['count']);
    expect(lookUp.mock.calls.filter(([target]) => target === Thing)).toHaveLength(1);
    expect(validateSync(Object.assign(new Base(), { name: 2 }))).toHaveLength(1);
    lookUp.mockRestore();
  });
});
