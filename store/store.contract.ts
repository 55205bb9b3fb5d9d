import { describeBudgets } from './contract/budgets.contract';
import type { MakeDatabase } from './contract/database.contract';
import { describeDiscoveries } from './contract/discoveries.contract';
import { describeDoubt } from './contract/doubt.contract';
import { describeDryRun } from './contract/dry-run.contract';
import { describeFormerCopies } from './contract/former-copies.contract';
import { describeLeases } from './contract/leases.contract';
import { describeLedger } from './contract/ledger.contract';
import { describeModel } from './contract/model.contract';
import { describePlan } from './contract/plan.contract';
import { describeRemovals } from './contract/removals.contract';
import { describeRuns } from './contract/runs.contract';
import { describeSlices } from './contract/slices.contract';
import { describeSpaces } from './contract/spaces.contract';
import { describeVerification } from './contract/verification.contract';
import { describeTenants } from './contract/tenants.contract';
import { describeWork } from './contract/work.contract';

/** Everything a store promises, whatever database it stands on; to be called from a test file of that database. */
export function describeStore(make: MakeDatabase): void {
  describeRuns(make);
  describeDiscoveries(make);
  describePlan(make);
  describeWork(make);
  describeSlices(make);
  describeLedger(make);
  describeDoubt(make);
  describeRemovals(make);
  describeDryRun(make);
  describeFormerCopies(make);
  describeLeases(make);
  describeBudgets(make);
  describeSpaces(make);
  describeVerification(make);
  describeTenants(make);
  describeModel(make);
}
