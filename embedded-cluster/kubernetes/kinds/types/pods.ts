// Pods and their templates.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads.
export const POD_TYPES = `
Affinity
  nodeAffinity=1:NodeAffinity podAffinity=2:PodAffinity podAntiAffinity=3:PodAntiAffinity
HostAlias
  ip=1 hostnames=2:string[]
HostIP
  ip
NodeAffinity
  requiredDuringSchedulingIgnoredDuringExecution=1:NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution=2:PreferredSchedulingTerm[]
NodeSelector
  nodeSelectorTerms=1:NodeSelectorTerm[]
NodeSelectorRequirement
  key=1 operator=2 values=3:string[]
NodeSelectorTerm
  matchExpressions=1:NodeSelectorRequirement[] matchFields=2:NodeSelectorRequirement[]
Pod
  metadata=1:ObjectMeta spec=2:PodSpec status=3:PodStatus
PodAffinity
  requiredDuringSchedulingIgnoredDuringExecution=1:PodAffinityTerm[]
  preferredDuringSchedulingIgnoredDuringExecution=2:WeightedPodAffinityTerm[]
PodAffinityTerm
  labelSelector=1:LabelSelector namespaces=2:string[] topologyKey=3 matchLabelKeys:string[]
  mismatchLabelKeys:string[] namespaceSelector:LabelSelector
PodAntiAffinity
  requiredDuringSchedulingIgnoredDuringExecution=1:PodAffinityTerm[]
  preferredDuringSchedulingIgnoredDuringExecution=2:WeightedPodAffinityTerm[]
PodCondition
  type=1 status=2 lastProbeTime=3:Time lastTransitionTime=4:Time reason=5 message=6
  observedGeneration:int
PodDNSConfig
  nameservers=1:string[] searches=2:string[] options=3:PodDNSConfigOption[]
PodDNSConfigOption
  name=1 value=2
PodIP
  ip=1
PodOS
  name=1
PodReadinessGate
  conditionType=1
PodSchedulingGate
  name=1
PodSecurityContext
  seLinuxOptions=1:SELinuxOptions runAsUser=2:int runAsNonRoot=3:bool supplementalGroups=4:int[]
  fsGroup=5:int runAsGroup=6:int sysctls=7:Sysctl[] windowsOptions=8:any fsGroupChangePolicy=9
  seccompProfile=10:SeccompProfile appArmorProfile=11:AppArmorProfile supplementalGroupsPolicy=12
  seLinuxChangePolicy=13
PodSpec
  volumes=1:Volume[name] containers=2:Container[name] restartPolicy=3
  terminationGracePeriodSeconds=4:int activeDeadlineSeconds=5:int dnsPolicy=6
  nodeSelector=7:string{!} serviceAccountName=8 serviceAccount=9 nodeName=10 hostNetwork=11:bool
  hostPID=12:bool hostIPC=13:bool securityContext=14:PodSecurityContext
  imagePullSecrets=15:LocalObjectReference[name] hostname=16 subdomain=17 affinity=18:Affinity
  schedulerName=19 initContainers=20:Container[name] automountServiceAccountToken=21:bool
  tolerations=22:Toleration[] hostAliases=23:HostAlias[ip] priorityClassName=24 priority=25:int
  dnsConfig=26:PodDNSConfig shareProcessNamespace=27:bool readinessGates=28:PodReadinessGate[]
  runtimeClassName=29 enableServiceLinks=30:bool preemptionPolicy=31 overhead=32:Quantity{}
  topologySpreadConstraints=33:TopologySpreadConstraint[topologyKey,whenUnsatisfiable]
  ephemeralContainers=34:EphemeralContainer[name] setHostnameAsFQDN=35:bool os=36:PodOS
  hostUsers=37:bool schedulingGates=38:PodSchedulingGate[name] resourceClaims=39:any[name]
  resources=40:ResourceRequirements hostnameOverride=41
PodStatus
  phase=1 conditions=2:PodCondition[type] message=3 reason=4 hostIP=5 podIP=6 startTime=7:Time
  containerStatuses=8:ContainerStatus[] qosClass=9 initContainerStatuses=10:ContainerStatus[]
  nominatedNodeName=11 podIPs=12:PodIP[ip] ephemeralContainerStatuses=13:ContainerStatus[]
  observedGeneration=17:int extendedResourceClaimStatus:any hostIPs:HostIP[] resize
  resourceClaimStatuses:any[]
PodTemplateSpec
  metadata=1:ObjectMeta spec=2:PodSpec
PreferredSchedulingTerm
  weight=1:int preference=2:NodeSelectorTerm
Sysctl
  name=1 value=2
Toleration
  key=1 operator=2 value=3 effect=4 tolerationSeconds=5:int
TopologySpreadConstraint
  maxSkew=1:int topologyKey=2 whenUnsatisfiable=3 labelSelector=4:LabelSelector minDomains=5:int
  nodeAffinityPolicy=6 nodeTaintsPolicy=7 matchLabelKeys=8:string[]
WeightedPodAffinityTerm
  weight=1:int podAffinityTerm=2:PodAffinityTerm
`;
