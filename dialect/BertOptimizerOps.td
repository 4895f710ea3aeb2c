//===- BertOptimizerOps.td - what a training step does to parameters -------===//
//
// What changes from step to step is an operand, a number that the host
// computes from the step, the learning rate and the weight decay; what belongs
// to the optimiser is an attribute.
//
// `factor` is what gradients are multiplied by first (bert.clip_factor). Where
// it is not finite nothing changes: a step of broken gradients must not break
// the parameters.
//
//===----------------------------------------------------------------------===//

#ifndef BERTC_DIALECT_BERTOPTIMIZEROPS_TD
#define BERTC_DIALECT_BERTOPTIMIZEROPS_TD

include "dialect/BertOpBase.td"
include "dialect/interfaces/UpdateOpInterface.td"

def Bert_GlobalNormOp : Bert_ComputeOp<"global_norm"> {
  let summary = "the norm of all gradients together";
  let description = [{
    sqrt(sum of x^2 over all elements x of all gradients), as
    torch.nn.utils.clip_grad_norm_.

    C1: there is a gradient at least, and all have static shapes.
  }];
  let arguments = (ins Variadic<Bert_Float>:$gradients);
  let results = (outs Bert_Scalar:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, $result)";
}

def Bert_ClipFactorOp : Bert_ComputeOp<"clip_factor"> {
  let summary = "what gradients are multiplied by to keep their norm small";
  let description = [{
    min(1, max_norm / (norm + epsilon)), 1 where max_norm is 0, and NaN where
    the norm is not finite. torch.nn.utils.clip_grad_norm_ has the epsilon 1e-6,
    tf.clip_by_global_norm and LAMB have 0.

    C1: max_norm >= 0 and epsilon >= 0.
  }];
  let arguments = (ins Bert_Scalar:$norm, F64Attr:$max_norm, F64Attr:$epsilon);
  let results = (outs Bert_Scalar:$result);
  let assemblyFormat = "$norm attr-dict `:` functional-type($norm, $result)";
}

/// `values` are what it updates, each with a result.
class Bert_OptimizerOp<string mnemonic, dag values, dag rates, dag attributes,
                       dag updated>
    : Bert_Op<mnemonic, [Pure, DeclareOpInterfaceMethods<UpdateOpInterface>]> {
  let arguments = !con(values, (ins Bert_Float:$gradient, Bert_Scalar:$factor),
                       rates, (ins Optional<Bert_Scalar>:$decay), attributes);
  let results = updated;
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Bert_AdamOp
    : Bert_OptimizerOp<"adam",
                       (ins Bert_Float:$parameter, Bert_Float:$first,
                            Bert_Float:$second),
                       (ins Bert_Scalar:$rate, Bert_Scalar:$correction),
                       (ins F64Attr:$first_decay, F64Attr:$second_decay,
                            F64Attr:$epsilon),
                       (outs Bert_Float:$new_parameter, Bert_Float:$new_first,
                             Bert_Float:$new_second)> {
  let summary = "a step of Adam with decoupled weight decay";
  let description = [{
    Kingma and Ba 2014 (arXiv:1412.6980), Loshchilov and Hutter 2017
    (arXiv:1711.05101). With g = factor gradient:

    m' = first_decay m + (1 - first_decay) g
    v' = second_decay v + (1 - second_decay) g^2
    p' = (1 - decay) p - rate m' / (correction sqrt(v') + epsilon)

    For learning rate l, weight decay w and step t from 1, with c1 = 1 -
    first_decay^t and c2 = 1 - second_decay^t, `decay` is l w in all forms:

    torch.optim.AdamW          rate = l / c1            correction = 1 / sqrt(c2)
    Google's BERT              rate = l                 correction = 1
    fairseq                    rate = l sqrt(c2) / c1   correction = 1

    C1: parameter, moments, gradient and results have one static type.
    C2: both decays are in [0, 1), epsilon > 0.
  }];
}

def Bert_LambOp
    : Bert_OptimizerOp<"lamb",
                       (ins Bert_Float:$parameter, Bert_Float:$first,
                            Bert_Float:$second),
                       (ins Bert_Scalar:$rate, Bert_Scalar:$first_correction,
                            Bert_Scalar:$second_correction),
                       (ins F64Attr:$first_decay, F64Attr:$second_decay,
                            F64Attr:$epsilon),
                       (outs Bert_Float:$new_parameter, Bert_Float:$new_first,
                             Bert_Float:$new_second)> {
  let summary = "a step of LAMB";
  let description = [{
    You et al. 2019 (arXiv:1904.00962). m' and v' are those of bert.adam; then

    u  = first_correction m' / (sqrt(second_correction v') + epsilon) + decay p
    p' = p - rate r u

    with r = |p| / |u|, the norms of the whole parameter and its direction, or 1
    where one of them is 0. Parameters without weight decay have r = 1, as in
    Google's and NVIDIA's optimisers. `decay` is the weight decay, `rate` the
    learning rate; Google's corrections are 1, NVIDIA's 1 / (1 - first_decay^t)
    and 1 / (1 - second_decay^t).

    C1: parameter, moments, gradient and results have one static type.
    C2: both decays are in [0, 1), epsilon > 0.
  }];
}

def Bert_SgdOp
    : Bert_OptimizerOp<"sgd",
                       (ins Bert_Float:$parameter, Bert_Float:$velocity),
                       (ins Bert_Scalar:$rate),
                       (ins F64Attr:$momentum, UnitAttr:$nesterov),
                       (outs Bert_Float:$new_parameter,
                             Bert_Float:$new_velocity)> {
  let summary = "a step of gradient descent with momentum, torch.optim.SGD";
  let description = [{
    With g = factor gradient + decay p, `decay` the weight decay:

    u' = momentum u + g
    p' = p - rate u', with nesterov p - rate (g + momentum u')

    C1: parameter, velocity, gradient and results have one static type.
    C2: momentum is in [0, 1).
  }];
}

#endif // BERTC_DIALECT_BERTOPTIMIZEROPS_TD
