// The Gateway API's gateways and routes.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads. Rules and backends are lists that are
// owned as a whole: who applies one weight owns all of them.
export const GATEWAY_API_TYPES = `
gateway.GatewayClass
  metadata:ObjectMeta spec!:gateway.GatewayClassSpec status:gateway.GatewayClassStatus
gateway.GatewayClassSpec
  controllerName! description parametersRef:gateway.ObjectReference
gateway.GatewayClassStatus
  conditions:Condition[type] supportedFeatures:gateway.SupportedFeature[name]
gateway.SupportedFeature
  name!
gateway.Gateway
  metadata:ObjectMeta spec!:gateway.GatewaySpec status:gateway.GatewayStatus
gateway.GatewaySpec
  addresses:gateway.SpecAddress[] allowedListeners:gateway.AllowedListeners defaultScope
  gatewayClassName! infrastructure:gateway.Infrastructure listeners!:gateway.Listener[name]
  tls:gateway.GatewayTLS
gateway.SpecAddress
  type value
gateway.AllowedListeners
  namespaces:gateway.Namespaces
gateway.Namespaces
  from selector:LabelSelector
gateway.Infrastructure
  annotations:string{} labels:string{} parametersRef:gateway.LocalObjectReference
gateway.Listener
  allowedRoutes:gateway.AllowedRoutes hostname name! port!:int protocol! tls:gateway.ListenerTLS
gateway.AllowedRoutes
  kinds:gateway.RouteGroupKind[] namespaces:gateway.Namespaces
gateway.RouteGroupKind
  group kind!
gateway.ListenerTLS
  certificateRefs:gateway.SecretReference[] mode options:string{}
gateway.GatewayTLS
  backend:gateway.BackendTLS frontend:gateway.FrontendTLS
gateway.BackendTLS
  clientCertificateRef:gateway.SecretReference
gateway.FrontendTLS
  default!:gateway.TLSConfig perPort:gateway.PortTLS[port]
gateway.PortTLS
  port!:int tls!:gateway.TLSConfig
gateway.TLSConfig
  validation:gateway.TLSValidation
gateway.TLSValidation
  caCertificateRefs!:gateway.ObjectReference[] mode
gateway.GatewayStatus
  addresses:gateway.StatusAddress[] attachedListenerSets:int conditions:Condition[type]
  listeners:gateway.ListenerStatus[name]
gateway.StatusAddress
  type value!
gateway.ListenerStatus
  attachedRoutes!:int conditions!:Condition[type] name! supportedKinds:gateway.RouteGroupKind[]
gateway.HTTPRoute
  metadata:ObjectMeta spec!:gateway.HTTPRouteSpec status:gateway.HTTPRouteStatus
gateway.HTTPRouteSpec
  hostnames:string[] parentRefs:gateway.ParentReference[] rules:gateway.HTTPRouteRule[]
  useDefaultGateways
gateway.ParentReference
  group kind name! namespace port:int sectionName
gateway.HTTPRouteRule
  backendRefs:gateway.HTTPBackendRef[] filters:gateway.HTTPRouteFilter[]
  matches:gateway.HTTPRouteMatch[] name retry:gateway.Retry
  sessionPersistence:gateway.SessionPersistence timeouts:gateway.Timeouts
gateway.HTTPBackendRef
  filters:gateway.HTTPRouteFilter[] group kind name! namespace port:int weight:int
gateway.BackendObjectReference
  group kind name! namespace port:int
gateway.HTTPRouteMatch
  headers:gateway.ValueMatch[name] method path:gateway.PathMatch
  queryParams:gateway.ValueMatch[name]
gateway.PathMatch
  type value
gateway.ValueMatch
  name! type value!
gateway.Timeouts
  backendRequest request
gateway.Retry
  attempts:int backoff codes:int[]
gateway.SessionPersistence
  absoluteTimeout cookieConfig:gateway.CookieConfig idleTimeout sessionName type
gateway.CookieConfig
  lifetimeType
gateway.HTTPRouteFilter
  cors:gateway.CORSFilter extensionRef:gateway.LocalObjectReference
  externalAuth:gateway.ExternalAuthFilter requestHeaderModifier:gateway.HeaderFilter
  requestMirror:gateway.MirrorFilter requestRedirect:gateway.RedirectFilter
  responseHeaderModifier:gateway.HeaderFilter type! urlRewrite:gateway.RewriteFilter
gateway.CORSFilter
  allowCredentials:bool allowHeaders:string[*] allowMethods:string[*] allowOrigins:string[*]
  exposeHeaders:string[*] maxAge:int
gateway.ExternalAuthFilter
  backendRef!:gateway.BackendObjectReference forwardBody:gateway.ForwardBody grpc:gateway.GRPCAuth
  http:gateway.HTTPAuth protocol!
gateway.ForwardBody
  maxSize:int
gateway.GRPCAuth
  allowedHeaders:string[*]
gateway.HTTPAuth
  allowedHeaders:string[*] allowedResponseHeaders:string[*] path
gateway.HeaderFilter
  add:gateway.Header[name] remove:string[*] set:gateway.Header[name]
gateway.Header
  name! value!
gateway.MirrorFilter
  backendRef!:gateway.BackendObjectReference fraction:gateway.Fraction percent:int
gateway.Fraction
  denominator:int numerator!:int
gateway.RedirectFilter
  hostname path:gateway.PathModifier port:int scheme statusCode:int
gateway.RewriteFilter
  hostname path:gateway.PathModifier
gateway.PathModifier
  replaceFullPath replacePrefixMatch type!
gateway.GRPCRoute
  metadata:ObjectMeta spec!:gateway.GRPCRouteSpec status:gateway.HTTPRouteStatus
gateway.GRPCRouteSpec
  hostnames:string[] parentRefs:gateway.ParentReference[] rules:gateway.GRPCRouteRule[]
  useDefaultGateways
gateway.GRPCRouteRule
  backendRefs:gateway.GRPCBackendRef[] filters:gateway.GRPCRouteFilter[]
  matches:gateway.GRPCRouteMatch[] name sessionPersistence:gateway.SessionPersistence
gateway.GRPCBackendRef
  filters:gateway.GRPCRouteFilter[] group kind name! namespace port:int weight:int
gateway.GRPCRouteMatch
  headers:gateway.ValueMatch[name] method:gateway.GRPCMethodMatch
gateway.GRPCMethodMatch
  method service type
gateway.GRPCRouteFilter
  extensionRef:gateway.LocalObjectReference requestHeaderModifier:gateway.HeaderFilter
  requestMirror:gateway.MirrorFilter responseHeaderModifier:gateway.HeaderFilter type!
gateway.HTTPRouteStatus
  parents!:gateway.RouteParentStatus[]
gateway.RouteParentStatus
  conditions:Condition[type] controllerName! parentRef!:gateway.ParentReference
gateway.LocalObjectReference
  group! kind! name!
gateway.ObjectReference
  group! kind! name! namespace
gateway.SecretReference
  group kind name! namespace
`;
