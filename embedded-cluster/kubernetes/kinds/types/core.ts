// The rest of the core group.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads.
export const CORE_TYPES = `
Binding
  metadata=1:ObjectMeta target=2:ObjectReference
ClientIPConfig
  timeoutSeconds=1:int
ConfigMap
  metadata=1:ObjectMeta data=2:string{} binaryData=3:bytes{} immutable=4:bool
Event
  metadata=1:ObjectMeta involvedObject=2:ObjectReference reason=3 message=4 source=5:EventSource
  firstTimestamp=6:Time lastTimestamp=7:Time count=8:int type=9 eventTime=10:MicroTime
  series=11:EventSeries action=12 related=13:ObjectReference reportingComponent=14
  reportingInstance=15
EventSeries
  count=1:int lastObservedTime=2:MicroTime
EventSource
  component=1 host=2
LimitRange
  metadata=1:ObjectMeta spec=2:LimitRangeSpec
LimitRangeItem
  type=1 max=2:Quantity{} min=3:Quantity{} default=4:Quantity{} defaultRequest=5:Quantity{}
  maxLimitRequestRatio=6:Quantity{}
LimitRangeSpec
  limits=1:LimitRangeItem[]
LoadBalancerIngress
  ip=1 hostname=2 ipMode=3 ports=4:PortStatus[]
LoadBalancerStatus
  ingress=1:LoadBalancerIngress[]
Namespace
  metadata=1:ObjectMeta spec=2:NamespaceSpec status=3:NamespaceStatus
NamespaceCondition
  type=1 status=2 lastTransitionTime=4:Time reason=5 message=6
NamespaceSpec
  finalizers=1:string[]
NamespaceStatus
  phase=1 conditions=2:NamespaceCondition[type]
Node
  metadata=1:ObjectMeta spec=2:NodeSpec status=3:any
NodeSpec
  podCIDR=1 externalID=2 providerID=3 unschedulable=4:bool taints=5:Taint[] configSource=6:any
  podCIDRs=7:string[*]
ObjectReference
  kind=1 namespace=2 name=3 uid=4 apiVersion=5 resourceVersion=6 fieldPath=7
PersistentVolumeClaim
  apiVersion kind metadata=1:ObjectMeta spec=2:PersistentVolumeClaimSpec status=3:any
PortStatus
  port=1:int protocol=2 error=3
ResourceQuota
  metadata=1:ObjectMeta spec=2:ResourceQuotaSpec status=3:ResourceQuotaStatus
ResourceQuotaSpec
  hard=1:Quantity{} scopes=2:string[] scopeSelector=3:ScopeSelector
ResourceQuotaStatus
  hard=1:Quantity{} used=2:Quantity{}
ScopedResourceSelectorRequirement
  scopeName=1 operator=2 values=3:string[]
ScopeSelector
  matchExpressions=1:ScopedResourceSelectorRequirement[]
Secret
  metadata=1:ObjectMeta data=2:bytes{} type=3 stringData=4:string{} immutable=5:bool
Service
  metadata=1:ObjectMeta spec=2:ServiceSpec status=3:ServiceStatus
ServiceAccount
  metadata=1:ObjectMeta secrets=2:ObjectReference[name] imagePullSecrets=3:LocalObjectReference[]
  automountServiceAccountToken=4:bool
ServicePort
  name=1 protocol=2 port=3:int targetPort=4:IntOrString nodePort=5:int appProtocol=6
ServiceSpec
  ports=1:ServicePort[port,protocol] selector=2:string{!} clusterIP=3 type=4
  externalIPs=5:string[] sessionAffinity=7 loadBalancerIP=8 loadBalancerSourceRanges=9:string[]
  externalName=10 externalTrafficPolicy=11 healthCheckNodePort=12:int
  publishNotReadyAddresses=13:bool sessionAffinityConfig=14:SessionAffinityConfig
  ipFamilyPolicy=17 clusterIPs=18:string[] ipFamilies=19:string[]
  allocateLoadBalancerNodePorts=20:bool loadBalancerClass=21 internalTrafficPolicy=22
  trafficDistribution=23
ServiceStatus
  loadBalancer=1:LoadBalancerStatus conditions=2:Condition[type]
SessionAffinityConfig
  clientIP=1:ClientIPConfig
Taint
  key=1 value=2 effect=3 timeAdded=4:Time
`;
