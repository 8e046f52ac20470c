// Volumes, and what pods mount from them. Kinds of storage that need a cloud are not looked into.
// In the notation that embedded-cluster/kubernetes/definitions/schema/notation.ts reads.
export const VOLUME_TYPES = `
ConfigMapProjection
  name=1.1 items=2:KeyToPath[] optional=4:bool
ConfigMapVolumeSource
  name=1.1 items=2:KeyToPath[] defaultMode=3:int optional=4:bool
CSIVolumeSource
  driver=1 readOnly=2:bool fsType=3 volumeAttributes=4:string{}
  nodePublishSecretRef=5:LocalObjectReference
DownwardAPIProjection
  items=1:DownwardAPIVolumeFile[]
DownwardAPIVolumeFile
  path=1 fieldRef=2:ObjectFieldSelector resourceFieldRef=3:ResourceFieldSelector mode=4:int
DownwardAPIVolumeSource
  items=1:DownwardAPIVolumeFile[] defaultMode=2:int
EmptyDirVolumeSource
  medium=1 sizeLimit=2:Quantity
EphemeralVolumeSource
  volumeClaimTemplate=1:PersistentVolumeClaimTemplate
HostPathVolumeSource
  path=1 type=2
ImageVolumeSource
  pullPolicy=2 reference
KeyToPath
  key=1 path=2 mode=3:int
LocalObjectReference
  name=1
NFSVolumeSource
  server=1 path=2 readOnly=3:bool
ObjectFieldSelector
  apiVersion=1 fieldPath=2
PersistentVolumeClaimSpec
  accessModes=1:string[] resources=2:VolumeResourceRequirements volumeName=3
  selector=4:LabelSelector storageClassName=5 volumeMode=6 dataSource=7:TypedLocalObjectReference
  dataSourceRef:any volumeAttributesClassName
PersistentVolumeClaimTemplate
  metadata=1:ObjectMeta spec=2:PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource
  claimName=1 readOnly=2:bool
ProjectedVolumeSource
  sources=1:VolumeProjection[] defaultMode=2:int
ResourceFieldSelector
  containerName=1 resource=2 divisor=3:Quantity
SecretProjection
  name=1.1 items=2:KeyToPath[] optional=4:bool
SecretVolumeSource
  secretName=1 items=2:KeyToPath[] defaultMode=3:int optional=4:bool
ServiceAccountTokenProjection
  audience=1 expirationSeconds=2:int path=3
TypedLocalObjectReference
  apiGroup=1 kind=2 name=3
Volume
  name=1 hostPath=2.1:HostPathVolumeSource emptyDir=2.2:EmptyDirVolumeSource
  gcePersistentDisk=2.3:any awsElasticBlockStore=2.4:any gitRepo=2.5:any
  secret=2.6:SecretVolumeSource nfs=2.7:NFSVolumeSource iscsi=2.8:any glusterfs=2.9:any
  persistentVolumeClaim=2.10:PersistentVolumeClaimVolumeSource rbd=2.11:any flexVolume=2.12:any
  cinder=2.13:any cephfs=2.14:any flocker=2.15:any downwardAPI=2.16:DownwardAPIVolumeSource
  fc=2.17:any azureFile=2.18:any configMap=2.19:ConfigMapVolumeSource vsphereVolume=2.20:any
  quobyte=2.21:any azureDisk=2.22:any photonPersistentDisk=2.23:any portworxVolume=2.24:any
  scaleIO=2.25:any projected=2.26:ProjectedVolumeSource storageos=2.27:any
  csi=2.28:CSIVolumeSource ephemeral=2.29:EphemeralVolumeSource image:ImageVolumeSource
VolumeDevice
  name=1 devicePath=2
VolumeMount
  name=1 readOnly=2:bool mountPath=3 subPath=4 mountPropagation=5 subPathExpr=6
  recursiveReadOnly=7
VolumeProjection
  secret=1:SecretProjection downwardAPI=2:DownwardAPIProjection configMap=3:ConfigMapProjection
  serviceAccountToken=4:ServiceAccountTokenProjection clusterTrustBundle=5:any
  podCertificate=6:any
VolumeResourceRequirements
  limits=1:Quantity{} requests=2:Quantity{}
`;
