import type { DeletionPreview } from '../rules/deletion-preview';
import { checkDeletionInput } from './input';
import type { DeleteTenantInput } from './messages';
import { planSteps } from './steps';

/** What the removal of a tenant would find in Unique; changes nothing. Runs on `syncspace-read`, beside whatever else runs. */
export async function previewDeletion(input: DeleteTenantInput): Promise<DeletionPreview> {
  checkDeletionInput(input);
  return planSteps.previewDeletion.executeWithOptions({ summary: 'Look at what would be removed' }, [input]);
}
