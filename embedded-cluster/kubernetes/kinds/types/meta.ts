// Types that every kind shares: metadata, selectors, conditions, what a deletion may ask for.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads.
export const META_TYPES = `
Condition
  type=1 status=2 observedGeneration=3:int lastTransitionTime=4:Time reason=5 message=6
DeleteOptions
  apiVersion kind gracePeriodSeconds=1:int preconditions=2:Preconditions orphanDependents=3:bool
  propagationPolicy=4 dryRun=5:string[] ignoreStoreReadErrorWithClusterBreakingPotential:bool
LabelSelector!
  matchLabels=1:string{} matchExpressions=2:LabelSelectorRequirement[]
LabelSelectorRequirement
  key=1 operator=2 values=3:string[]
ManagedFieldsEntry
  manager=1 operation=2 apiVersion=3 time=4:Time fieldsType=6 fieldsV1=7:any subresource
ObjectMeta
  name=1 generateName=2 namespace=3 selfLink=4 uid=5 resourceVersion=6 generation=7:int
  creationTimestamp=8:Time deletionTimestamp=9:Time deletionGracePeriodSeconds=10:int
  labels=11:string{} annotations=12:string{} ownerReferences=13:OwnerReference[uid]
  finalizers=14:string[*] managedFields=17:ManagedFieldsEntry[]
OwnerReference
  kind=1 name=3 uid=4 apiVersion=5 controller=6:bool blockOwnerDeletion=7:bool
Preconditions
  uid=1 resourceVersion=2
`;
