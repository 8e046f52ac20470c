// What runs pods: apps, batch, autoscaling, policy.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads.
export const WORKLOAD_TYPES = `
CronJob
  metadata=1:ObjectMeta spec=2:CronJobSpec status=3:CronJobStatus
CronJobSpec
  schedule=1 startingDeadlineSeconds=2:int concurrencyPolicy=3 suspend=4:bool
  jobTemplate=5:JobTemplateSpec successfulJobsHistoryLimit=6:int failedJobsHistoryLimit=7:int
  timeZone
CronJobStatus
  active=1:ObjectReference[] lastScheduleTime=4:Time lastSuccessfulTime:Time
CrossVersionObjectReference
  kind=1 name=2 apiVersion=3
Deployment
  metadata=1:ObjectMeta spec=2:DeploymentSpec status=3:DeploymentStatus
DeploymentCondition
  type=1 status=2 reason=4 message=5 lastUpdateTime=6:Time lastTransitionTime=7:Time
DeploymentSpec
  replicas=1:int selector=2:LabelSelector template=3:PodTemplateSpec strategy=4:DeploymentStrategy
  minReadySeconds=5:int revisionHistoryLimit=6:int paused=7:bool progressDeadlineSeconds=9:int
DeploymentStatus
  observedGeneration=1:int replicas=2:int updatedReplicas=3:int availableReplicas=4:int
  unavailableReplicas=5:int conditions=6:DeploymentCondition[type] readyReplicas=7:int
  collisionCount=8:int terminatingReplicas:int
DeploymentStrategy
  type=1 rollingUpdate=2:RollingUpdateDeployment
Eviction
  metadata=1:ObjectMeta deleteOptions=2:DeleteOptions
HorizontalPodAutoscaler
  metadata=1:ObjectMeta spec=2:HorizontalPodAutoscalerSpec status=3:HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerSpec
  scaleTargetRef=1:CrossVersionObjectReference minReplicas=2:int maxReplicas=3:int
  targetCPUUtilizationPercentage=4:int
HorizontalPodAutoscalerStatus
  observedGeneration=1:int lastScaleTime=2:Time currentReplicas=3:int desiredReplicas=4:int
  currentCPUUtilizationPercentage=5:int
Job
  metadata=1:ObjectMeta spec=2:JobSpec status=3:JobStatus
JobCondition
  type=1 status=2 lastProbeTime=3:Time lastTransitionTime=4:Time reason=5 message=6
JobSpec
  parallelism=1:int completions=2:int activeDeadlineSeconds=3:int selector=4:LabelSelector
  manualSelector=5:bool template=6:PodTemplateSpec backoffLimit=7:int
  ttlSecondsAfterFinished=8:int completionMode=9 suspend=10:bool
  podFailurePolicy=11:PodFailurePolicy backoffLimitPerIndex=12:int maxFailedIndexes=13:int
  podReplacementPolicy=14 managedBy=15 successPolicy=16:SuccessPolicy
JobStatus
  conditions=1:JobCondition[type] startTime=2:Time completionTime=3:Time active=4:int
  succeeded=5:int failed=6:int completedIndexes=7
  uncountedTerminatedPods=8:UncountedTerminatedPods ready=9:int failedIndexes=10
  terminating=11:int
JobTemplateSpec
  metadata=1:ObjectMeta spec=2:JobSpec
PodDisruptionBudget
  metadata=1:ObjectMeta spec=2:PodDisruptionBudgetSpec status=3:PodDisruptionBudgetStatus
PodDisruptionBudgetSpec
  minAvailable=1:IntOrString selector=2:LabelSelector maxUnavailable=3:IntOrString
  unhealthyPodEvictionPolicy
PodDisruptionBudgetStatus
  observedGeneration=1:int disruptedPods=2:Time{} disruptionsAllowed=3:int currentHealthy=4:int
  desiredHealthy=5:int expectedPods=6:int conditions:Condition[type]
PodFailurePolicy
  rules:PodFailurePolicyRule[]
PodFailurePolicyOnExitCodesRequirement
  containerName operator values:int[]
PodFailurePolicyOnPodConditionsPattern
  status type
PodFailurePolicyRule
  action onExitCodes:PodFailurePolicyOnExitCodesRequirement
  onPodConditions:PodFailurePolicyOnPodConditionsPattern[]
ReplicaSet
  metadata=1:ObjectMeta spec=2:ReplicaSetSpec status=3:ReplicaSetStatus
ReplicaSetCondition
  type=1 status=2 lastTransitionTime=3:Time reason=4 message=5
ReplicaSetSpec
  replicas=1:int selector=2:LabelSelector template=3:PodTemplateSpec minReadySeconds=4:int
ReplicaSetStatus
  replicas=1:int fullyLabeledReplicas=2:int observedGeneration=3:int readyReplicas=4:int
  availableReplicas=5:int conditions=6:ReplicaSetCondition[type] terminatingReplicas:int
RollingUpdateDeployment
  maxUnavailable=1:IntOrString maxSurge=2:IntOrString
RollingUpdateStatefulSetStrategy
  partition=1:int maxUnavailable:IntOrString
Scale
  metadata=1:ObjectMeta spec=2:ScaleSpec status=3:ScaleStatus
ScaleSpec
  replicas=1:int
ScaleStatus
  replicas=1:int selector=2
StatefulSet
  metadata=1:ObjectMeta spec=2:StatefulSetSpec status=3:StatefulSetStatus
StatefulSetCondition
  type=1 status=2 lastTransitionTime=3:Time reason=4 message=5
StatefulSetOrdinals
  start:int
StatefulSetPersistentVolumeClaimRetentionPolicy
  whenDeleted whenScaled
StatefulSetSpec
  replicas=1:int selector=2:LabelSelector template=3:PodTemplateSpec
  volumeClaimTemplates=4:PersistentVolumeClaim[] serviceName=5 podManagementPolicy=6
  updateStrategy=7:StatefulSetUpdateStrategy revisionHistoryLimit=8:int minReadySeconds:int
  ordinals:StatefulSetOrdinals
  persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy
StatefulSetStatus
  observedGeneration=1:int replicas=2:int readyReplicas=3:int currentReplicas=4:int
  updatedReplicas=5:int currentRevision=6 updateRevision=7 collisionCount=9:int
  conditions=10:StatefulSetCondition[type] availableReplicas:int
StatefulSetUpdateStrategy
  type=1 rollingUpdate=2:RollingUpdateStatefulSetStrategy
SuccessPolicy
  rules:SuccessPolicyRule[]
SuccessPolicyRule
  succeededCount:int succeededIndexes
UncountedTerminatedPods
  failed:string[] succeeded:string[]
v2.ContainerResourceMetricSource
  name=1 target=2:v2.MetricTarget container=3
v2.ContainerResourceMetricStatus
  name=1 current=2:v2.MetricValueStatus container=3
v2.CrossVersionObjectReference
  kind=1 name=2 apiVersion=3
v2.ExternalMetricSource
  metric=1:v2.MetricIdentifier target=2:v2.MetricTarget
v2.ExternalMetricStatus
  metric=1:v2.MetricIdentifier current=2:v2.MetricValueStatus
v2.HorizontalPodAutoscaler
  metadata=1:ObjectMeta spec=2:v2.HorizontalPodAutoscalerSpec
  status=3:v2.HorizontalPodAutoscalerStatus
v2.HorizontalPodAutoscalerBehavior
  scaleUp=1:v2.HPAScalingRules scaleDown=2:v2.HPAScalingRules
v2.HorizontalPodAutoscalerCondition
  type=1 status=2 lastTransitionTime=3:Time reason=4 message=5
v2.HorizontalPodAutoscalerSpec
  scaleTargetRef=1:v2.CrossVersionObjectReference minReplicas=2:int maxReplicas=3:int
  metrics=4:v2.MetricSpec[] behavior=5:v2.HorizontalPodAutoscalerBehavior
v2.HorizontalPodAutoscalerStatus
  observedGeneration=1:int lastScaleTime=2:Time currentReplicas=3:int desiredReplicas=4:int
  currentMetrics=5:v2.MetricStatus[] conditions=6:v2.HorizontalPodAutoscalerCondition[]
v2.HPAScalingPolicy
  type=1 value=2:int periodSeconds=3:int
v2.HPAScalingRules
  selectPolicy=1 policies=2:v2.HPAScalingPolicy[] stabilizationWindowSeconds=3:int tolerance
v2.MetricIdentifier
  name=1 selector=2:LabelSelector
v2.MetricSpec
  type=1 object=2:v2.ObjectMetricSource pods=3:v2.PodsMetricSource
  resource=4:v2.ResourceMetricSource external=5:v2.ExternalMetricSource
  containerResource=7:v2.ContainerResourceMetricSource
v2.MetricStatus
  type=1 object=2:v2.ObjectMetricStatus pods=3:v2.PodsMetricStatus
  resource=4:v2.ResourceMetricStatus external=5:v2.ExternalMetricStatus
  containerResource=7:v2.ContainerResourceMetricStatus
v2.MetricTarget
  type=1 value=2:Quantity averageValue=3:Quantity averageUtilization=4:int
v2.MetricValueStatus
  value=1:Quantity averageValue=2:Quantity averageUtilization=3:int
v2.ObjectMetricSource
  describedObject=1:v2.CrossVersionObjectReference target=2:v2.MetricTarget
  metric=3:v2.MetricIdentifier
v2.ObjectMetricStatus
  metric=1:v2.MetricIdentifier current=2:v2.MetricValueStatus
  describedObject=3:v2.CrossVersionObjectReference
v2.PodsMetricSource
  metric=1:v2.MetricIdentifier target=2:v2.MetricTarget
v2.PodsMetricStatus
  metric=1:v2.MetricIdentifier current=2:v2.MetricValueStatus
v2.ResourceMetricSource
  name=1 target=2:v2.MetricTarget
v2.ResourceMetricStatus
  name=1 current=2:v2.MetricValueStatus
`;
