/** The `Node` object that stands for a machine. */
import { timestamp } from '../base/clock.ts';
import { nodes } from '../kubernetes/collection.ts';
import type { World } from '../kubernetes/world.ts';

export interface NodeCapacity {
  readonly name: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export function registerNode(world: World, capacity: NodeCapacity, address: string): void {
  const { name, cpu = '4', memory = '8Gi', pods = 110, labels } = capacity;
  const resources = { cpu, memory, pods: String(pods), 'ephemeral-storage': '100Gi' };
  const at = timestamp(world.clock.now());
  const told = (type: string, status: string, reason: string, message: string): object => ({
    ...{ type, status, reason, message, lastHeartbeatTime: at, lastTransitionTime: at },
  });
  nodes(world).create({
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...labels,
      },
    },
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      capacity: resources,
      allocatable: resources,
      conditions: [
        told(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
        told('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        told(
          'PIDPressure',
          'False',
          'KubeletHasSufficientPID',
          'kubelet has sufficient PID available',
        ),
        told('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      nodeInfo: {
        architecture: 'amd64',
        operatingSystem: 'linux',
        kubeletVersion: 'v1.36.2',
        containerRuntimeVersion: 'embedded://processes',
        osImage: 'this machine',
        kernelVersion: '',
        kubeProxyVersion: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  });
}
