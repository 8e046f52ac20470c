// Containers: what runs, with what, and how it is watched and stopped.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads.
export const CONTAINER_TYPES = `
AppArmorProfile
  localhostProfile type
Capabilities
  add=1:string[] drop=2:string[]
ConfigMapEnvSource
  name=1.1 optional=2:bool
ConfigMapKeySelector
  name=1.1 key=2 optional=3:bool
Container
  name=1 image=2 command=3:string[] args=4:string[] workingDir=5
  ports=6:ContainerPort[containerPort,protocol] env=7:EnvVar[name]
  resources=8:ResourceRequirements volumeMounts=9:VolumeMount[mountPath] livenessProbe=10:Probe
  readinessProbe=11:Probe lifecycle=12:Lifecycle terminationMessagePath=13 imagePullPolicy=14
  securityContext=15:SecurityContext stdin=16:bool stdinOnce=17:bool tty=18:bool
  envFrom=19:EnvFromSource[] terminationMessagePolicy=20 volumeDevices=21:VolumeDevice[devicePath]
  startupProbe=22:Probe resizePolicy=23:ContainerResizePolicy[] restartPolicy=24
  restartPolicyRules=25:any[]
ContainerPort
  name=1 hostPort=2:int containerPort=3:int protocol=4 hostIP=5
ContainerResizePolicy
  resourceName=1 restartPolicy=2
ContainerState
  waiting=1:ContainerStateWaiting running=2:ContainerStateRunning
  terminated=3:ContainerStateTerminated
ContainerStateRunning
  startedAt=1:Time
ContainerStateTerminated
  exitCode=1:int signal=2:int reason=3 message=4 startedAt=5:Time finishedAt=6:Time containerID=7
ContainerStateWaiting
  reason=1 message=2
ContainerStatus
  name=1 state=2:ContainerState lastState=3:ContainerState ready=4:bool restartCount=5:int image=6
  imageID=7 containerID=8 started=9:bool allocatedResources=10:Quantity{}
  resources=11:ResourceRequirements volumeMounts=12:VolumeMountStatus[] user=13:any
  allocatedResourcesStatus=14:any[] stopSignal=15
EnvFromSource
  prefix=1 configMapRef=2:ConfigMapEnvSource secretRef=3:SecretEnvSource
EnvVar
  name=1 value=2 valueFrom=3:EnvVarSource
EnvVarSource
  fieldRef=1:ObjectFieldSelector resourceFieldRef=2:ResourceFieldSelector
  configMapKeyRef=3:ConfigMapKeySelector secretKeyRef=4:SecretKeySelector fileKeyRef:any
EphemeralContainer
  name=1.1 image=1.2 command=1.3:string[] args=1.4:string[] workingDir=1.5
  ports=1.6:ContainerPort[containerPort,protocol] env=1.7:EnvVar[name]
  resources=1.8:ResourceRequirements volumeMounts=1.9:VolumeMount[mountPath]
  livenessProbe=1.10:Probe readinessProbe=1.11:Probe lifecycle=1.12:Lifecycle
  terminationMessagePath=1.13 imagePullPolicy=1.14 securityContext=1.15:SecurityContext
  stdin=1.16:bool stdinOnce=1.17:bool tty=1.18:bool envFrom=1.19:EnvFromSource[]
  terminationMessagePolicy=1.20 volumeDevices=1.21:VolumeDevice[devicePath]
  startupProbe=1.22:Probe resizePolicy=1.23:ContainerResizePolicy[] restartPolicy=1.24
  restartPolicyRules=1.25:any[] targetContainerName=2
ExecAction
  command=1:string[]
GRPCAction
  port:int service
HTTPGetAction
  path=1 port=2:IntOrString host=3 scheme=4 httpHeaders=5:HTTPHeader[]
HTTPHeader
  name=1 value=2
Lifecycle
  postStart=1:LifecycleHandler preStop=2:LifecycleHandler stopSignal=3
LifecycleHandler
  exec=1:ExecAction httpGet=2:HTTPGetAction tcpSocket=3:TCPSocketAction sleep=4:SleepAction
Probe
  exec=1.1:ExecAction httpGet=1.2:HTTPGetAction tcpSocket=1.3:TCPSocketAction grpc=1.4:GRPCAction
  initialDelaySeconds=2:int timeoutSeconds=3:int periodSeconds=4:int successThreshold=5:int
  failureThreshold=6:int terminationGracePeriodSeconds=7:int
ResourceClaim
  name request
ResourceRequirements
  limits=1:Quantity{} requests=2:Quantity{} claims:ResourceClaim[name]
SeccompProfile
  type=1 localhostProfile=2
SecretEnvSource
  name=1.1 optional=2:bool
SecretKeySelector
  name=1.1 key=2 optional=3:bool
SecurityContext
  capabilities=1:Capabilities privileged=2:bool seLinuxOptions=3:SELinuxOptions runAsUser=4:int
  runAsNonRoot=5:bool readOnlyRootFilesystem=6:bool allowPrivilegeEscalation=7:bool
  runAsGroup=8:int procMount=9 windowsOptions=10:any seccompProfile=11:SeccompProfile
  appArmorProfile=12:AppArmorProfile
SELinuxOptions
  user=1 role=2 type=3 level=4
SleepAction
  seconds=1:int
TCPSocketAction
  port=1:IntOrString host=2
VolumeMountStatus
  name=1 mountPath=2 readOnly=3:bool recursiveReadOnly=4
`;
