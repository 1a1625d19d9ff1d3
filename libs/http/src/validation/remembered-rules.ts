import { getMetadataStorage, type MetadataStorage } from 'class-validator';

type Rules = ReturnType<MetadataStorage['getTargetValidationMetadatas']>;
type Ask = Parameters<MetadataStorage['getTargetValidationMetadatas']>;

/**
 * The library looks for the rules of an object among all classes that have any, each time one is judged; there are hundreds,
 * and a batch has hundreds of items. What a class asks for never changes once there is an object of it.
 */
export function rememberRules(storage: MetadataStorage = getMetadataStorage()): void {
  if (Object.hasOwn(storage, 'getTargetValidationMetadatas')) return;
  const lookUp = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<unknown, Map<string, Rules>>();
  storage.getTargetValidationMetadatas = (...ask: Ask): Rules => {
    const [target, ...how] = ask;
    const ofTarget = known.get(target) ?? new Map<string, Rules>();
    known.set(target, ofTarget);
    const key = JSON.stringify(how);
    const rules = ofTarget.get(key) ?? lookUp(...ask);
    ofTarget.set(key, rules);
    return rules;
  };
}
