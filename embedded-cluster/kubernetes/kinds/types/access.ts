// Who may do what, who leads, who is reached.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads.
export const ACCESS_TYPES = `
AggregationRule
  clusterRoleSelectors=1:LabelSelector[]
BoundObjectReference
  kind=1 apiVersion=2 name=3 uid=4
ClusterRole
  metadata=1:ObjectMeta rules=2:PolicyRule[] aggregationRule=3:AggregationRule
ClusterRoleBinding
  metadata=1:ObjectMeta subjects=2:Subject[] roleRef=3:RoleRef
discovery.EndpointPort
  name=1 protocol=2 port=3:int appProtocol=4
Endpoint
  addresses=1:string[] conditions=2:EndpointConditions hostname=3 targetRef=4:ObjectReference
  nodeName=6 deprecatedTopology:string{} hints:EndpointHints zone
EndpointConditions
  ready=1:bool serving=2:bool terminating=3:bool
EndpointHints
  forNodes:ForNode[] forZones:ForZone[]
EndpointSlice
  metadata=1:ObjectMeta endpoints=2:Endpoint[] ports=3:discovery.EndpointPort[] addressType=4
ForNode
  name
ForZone
  name
IPBlock
  cidr=1 except=2:string[]
Lease
  metadata=1:ObjectMeta spec=2:LeaseSpec
LeaseSpec
  holderIdentity=1 leaseDurationSeconds=2:int acquireTime=3:MicroTime renewTime=4:MicroTime
  leaseTransitions=5:int preferredHolder strategy
NetworkPolicy
  metadata=1:ObjectMeta spec=2:NetworkPolicySpec
NetworkPolicyEgressRule
  ports=1:NetworkPolicyPort[] to=2:NetworkPolicyPeer[]
NetworkPolicyIngressRule
  ports=1:NetworkPolicyPort[] from=2:NetworkPolicyPeer[]
NetworkPolicyPeer
  podSelector=1:LabelSelector namespaceSelector=2:LabelSelector ipBlock=3:IPBlock
NetworkPolicyPort
  protocol=1 port=2:IntOrString endPort:int
NetworkPolicySpec
  podSelector=1:LabelSelector ingress=2:NetworkPolicyIngressRule[]
  egress=3:NetworkPolicyEgressRule[] policyTypes=4:string[]
NonResourceAttributes
  path=1 verb=2
NonResourceRule
  verbs=1:string[] nonResourceURLs=2:string[]
PolicyRule
  verbs=1:string[] apiGroups=2:string[] resources=3:string[] resourceNames=4:string[]
  nonResourceURLs=5:string[]
ResourceAttributes
  namespace=1 verb=2 group=3 version=4 resource=5 subresource=6 name=7 fieldSelector:any
  labelSelector:any
ResourceRule
  verbs=1:string[] apiGroups=2:string[] resources=3:string[] resourceNames=4:string[]
Role
  metadata=1:ObjectMeta rules=2:PolicyRule[]
RoleBinding
  metadata=1:ObjectMeta subjects=2:Subject[] roleRef=3:RoleRef
RoleRef
  apiGroup=1 kind=2 name=3
SelfSubjectAccessReview
  metadata=1:ObjectMeta spec=2:SelfSubjectAccessReviewSpec status=3:SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec
  resourceAttributes=1:ResourceAttributes nonResourceAttributes=2:NonResourceAttributes
SelfSubjectReview
  metadata=1:ObjectMeta status=2:any
SelfSubjectRulesReview
  metadata=1:ObjectMeta spec=2:SelfSubjectRulesReviewSpec status=3:SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec
  namespace=1
Subject
  kind=1 apiGroup=2 name=3 namespace=4
SubjectAccessReview
  metadata=1:ObjectMeta spec=2:SubjectAccessReviewSpec status=3:SubjectAccessReviewStatus
SubjectAccessReviewSpec
  resourceAttributes=1:ResourceAttributes nonResourceAttributes=2:NonResourceAttributes user=3
  groups=4:string[] extra=5:any{} uid=6
SubjectAccessReviewStatus
  allowed=1:bool reason=2 evaluationError=3 denied=4:bool
SubjectRulesReviewStatus
  resourceRules=1:ResourceRule[] nonResourceRules=2:NonResourceRule[] incomplete=3:bool
  evaluationError=4
TokenRequest
  metadata=1:ObjectMeta spec=2:TokenRequestSpec status=3:TokenRequestStatus
TokenRequestSpec
  audiences=1:string[] boundObjectRef=3:BoundObjectReference expirationSeconds=4:int
TokenRequestStatus
  token=1 expirationTimestamp=2:Time
TokenReview
  metadata=1:ObjectMeta spec=2:TokenReviewSpec status=3:TokenReviewStatus
TokenReviewSpec
  token=1 audiences=2:string[]
TokenReviewStatus
  authenticated=1:bool user=2:UserInfo error=3 audiences=4:string[]
UserInfo
  username=1 uid=2 groups=3:string[] extra=4:any{}
admission.MatchCondition
  name expression
admission.MatchResources
  namespaceSelector:LabelSelector objectSelector:LabelSelector
  resourceRules:NamedRuleWithOperations[] excludeResourceRules:NamedRuleWithOperations[] matchPolicy
NamedRuleWithOperations
  resourceNames:string[] operations:string[] apiGroups:string[] apiVersions:string[]
  resources:string[] scope
ValidatingAdmissionPolicy
  metadata=1:ObjectMeta spec:ValidatingAdmissionPolicySpec status:any
ValidatingAdmissionPolicyBinding
  metadata=1:ObjectMeta spec:ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec
  policyName paramRef:any matchResources:admission.MatchResources validationActions:string[]
ValidatingAdmissionPolicySpec
  paramKind:any matchConstraints:admission.MatchResources validations:admission.Validation[]
  failurePolicy auditAnnotations:any matchConditions:admission.MatchCondition[name] variables:any
admission.Validation
  expression message reason messageExpression
`;
