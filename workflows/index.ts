// The bundler's only door: every workflow type that a worker offers.
export { planTenant } from './plan-tenant';
export { deleteTenant } from './delete-tenant';
export { previewDeletion } from './preview-deletion';
export { readStatus } from './read-status';
export { syncSpace } from './sync-space';
export { syncTenant } from './sync-tenant';
