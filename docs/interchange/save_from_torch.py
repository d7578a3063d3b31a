"""Saves a PyTorch model for Nabla: Model.Load(path, "dense 16, relu, dense 10", 784, new SoftmaxCrossEntropy())."""
import json, struct, torch
def save(state, path):
    state = {name: t for name, t in state.items() if t.is_floating_point()}
    arrays = {name: t.detach().cpu().float().contiguous().numpy() for name, t in sorted(state.items())}
    tensors = {name: array.astype("<f4").tobytes() for name, array in arrays.items()}
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name, data in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(state[name].shape), "data_offsets": [end, end := end + len(data)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(tensors.values()))
# save(network.state_dict(), "NEW.safetensors")
