// Istio's routes, and the subsets that they lead to.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads. A list of Istio's is owned as a whole.
export const ISTIO_TYPES = `
istio.VirtualService
  metadata:ObjectMeta spec:istio.VirtualServiceSpec status:istio.Status
istio.VirtualServiceSpec
  exportTo:string[] gateways:string[] hosts:string[] http:istio.HTTPRoute[] tcp:istio.TCPRoute[]
  tls:istio.TLSRoute[]
istio.HTTPRoute
  corsPolicy:istio.CorsPolicy delegate:istio.Delegate directResponse:istio.DirectResponse
  fault:istio.Fault headers:istio.Headers match:istio.HTTPMatch[] mirror:istio.Destination
  mirror_percent:int mirrorPercent:int mirrorPercentage:istio.Percent mirrors:istio.Mirror[] name
  redirect:istio.Redirect retries:istio.Retry rewrite:istio.Rewrite
  route:istio.HTTPRouteDestination[] timeout
istio.HTTPRouteDestination
  destination!:istio.Destination headers:istio.Headers weight:int
istio.Destination
  host! port:istio.PortSelector subset
istio.PortSelector
  number:int
istio.HTTPMatch
  authority:istio.StringMatch gateways:string[] headers:istio.StringMatch{} ignoreUriCase:bool
  method:istio.StringMatch name port:int queryParams:istio.StringMatch{} scheme:istio.StringMatch
  sourceLabels:string{} sourceNamespace statPrefix uri:istio.StringMatch
  withoutHeaders:istio.StringMatch{}
istio.StringMatch
  exact prefix regex
istio.CorsPolicy
  allowCredentials:bool allowHeaders:string[] allowMethods:string[] allowOrigin:string[]
  allowOrigins:istio.StringMatch[] exposeHeaders:string[] maxAge unmatchedPreflights
istio.Delegate
  name namespace
istio.DirectResponse
  body:istio.Body status!:int
istio.Body
  bytes string
istio.Fault
  abort:istio.Abort delay:istio.Delay
istio.Abort
  grpcStatus http2Error httpStatus:int percentage:istio.Percent
istio.Delay
  exponentialDelay fixedDelay percent:int percentage:istio.Percent
istio.Percent
  value:any
istio.Headers
  request:istio.HeaderOperations response:istio.HeaderOperations
istio.HeaderOperations
  add:string{} remove:string[] set:string{}
istio.Mirror
  destination!:istio.Destination percentage:istio.Percent
istio.Redirect
  authority derivePort port:int redirectCode:int scheme uri
istio.Retry
  attempts:int backoff perTryTimeout retryIgnorePreviousHosts:bool retryOn
  retryRemoteLocalities:bool
istio.Rewrite
  authority uri uriRegexRewrite:istio.RegexRewrite
istio.RegexRewrite
  match rewrite
istio.TCPRoute
  match:istio.TCPMatch[] route:istio.RouteDestination[]
istio.RouteDestination
  destination!:istio.Destination weight:int
istio.TCPMatch
  destinationSubnets:string[] gateways:string[] port:int sourceLabels:string{} sourceNamespace
  sourceSubnet
istio.TLSRoute
  match!:istio.TLSMatch[] route:istio.RouteDestination[]
istio.TLSMatch
  destinationSubnets:string[] gateways:string[] port:int sniHosts!:string[] sourceLabels:string{}
  sourceNamespace
istio.DestinationRule
  metadata:ObjectMeta spec:istio.DestinationRuleSpec status:istio.Status
istio.DestinationRuleSpec
  exportTo:string[] host! subsets:istio.Subset[] trafficPolicy:istio.TrafficPolicy
  workloadSelector:istio.WorkloadSelector
istio.WorkloadSelector
  matchLabels:string{}
istio.Subset
  labels:string{} name! trafficPolicy:istio.TrafficPolicy
istio.TrafficPolicy
  connectionPool:istio.ConnectionPool loadBalancer:istio.LoadBalancer
  outlierDetection:istio.OutlierDetection portLevelSettings:istio.PortTrafficPolicy[]
  proxyProtocol:istio.ProxyProtocol retryBudget:istio.RetryBudget tls:istio.ClientTLS
  tunnel:istio.Tunnel
istio.PortTrafficPolicy
  connectionPool:istio.ConnectionPool loadBalancer:istio.LoadBalancer
  outlierDetection:istio.OutlierDetection port:istio.PortSelector tls:istio.ClientTLS
istio.ConnectionPool
  http:istio.HTTPPool tcp:istio.TCPPool
istio.HTTPPool
  h2UpgradePolicy http1MaxPendingRequests:int http2MaxRequests:int idleTimeout
  maxConcurrentStreams:int maxRequestsPerConnection:int maxRetries:int useClientProtocol:bool
istio.TCPPool
  connectTimeout idleTimeout maxConnectionDuration maxConnections:int
  tcpKeepalive:istio.TCPKeepalive
istio.TCPKeepalive
  interval probes:int time
istio.LoadBalancer
  consistentHash:istio.ConsistentHash localityLbSetting:istio.LocalitySetting simple
  warmup:istio.Warmup warmupDurationSecs
istio.ConsistentHash
  httpCookie:istio.HashCookie httpHeaderName httpQueryParameterName maglev:istio.Maglev
  minimumRingSize:int ringHash:istio.RingHash useSourceIp:bool
istio.HashCookie
  attributes:istio.CookieAttribute[] name! path ttl
istio.CookieAttribute
  name! value
istio.Maglev
  tableSize:int
istio.RingHash
  minimumRingSize:int
istio.LocalitySetting
  distribute:istio.Distribute[] enabled:bool failover:istio.Failover[] failoverPriority:string[]
istio.Distribute
  from to:int{}
istio.Failover
  from to
istio.Warmup
  aggression:any duration! minimumPercent:any
istio.OutlierDetection
  baseEjectionTime consecutive5xxErrors:int consecutiveErrors:int consecutiveGatewayErrors:int
  consecutiveLocalOriginFailures:int interval maxEjectionPercent:int minHealthPercent:int
  splitExternalLocalOriginErrors:bool
istio.ProxyProtocol
  version
istio.RetryBudget
  minRetryConcurrency:int percent:any
istio.ClientTLS
  caCertificates caCrl clientCertificate credentialName insecureSkipVerify:bool mode privateKey
  sni subjectAltNames:string[]
istio.Tunnel
  protocol targetHost! targetPort!:int
istio.Status
  conditions:istio.Condition[] observedGeneration:IntOrString
  validationMessages:istio.ValidationMessage[]
istio.Condition
  lastProbeTime:Time lastTransitionTime:Time message observedGeneration:IntOrString reason status
  type
istio.ValidationMessage
  documentationUrl level type:istio.MessageType
istio.MessageType
  code name
`;
